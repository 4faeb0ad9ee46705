import { join } from 'node:path'
import type { AllowedHost } from '@agentvm/sdk'
import { parseIni } from './ini.ts'
import type { PresetMachine } from './machine.ts'
import { registryHost } from './registry-url.ts'

const INDEX_KEY = /^(?:extra-)?index-url$/
const PACKAGE_FOLDERS = ['site-packages', 'dist-packages']

/**
 * The indexes of the user's pip: environment and `pip.conf`; where none names the main one, the index and the files'
 * host that pip itself was built with. The files are read, pip isn't run.
 */
export function pipHosts(machine: PresetMachine): AllowedHost[] {
  const { env, home, read } = machine
  const files = [
    '/etc/pip.conf',
    '/etc/xdg/pip/pip.conf',
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'pip/pip.conf'),
    join(home, '.pip/pip.conf'),
    join(home, 'Library/Application Support/pip/pip.conf'),
    ...(env.PIP_CONFIG_FILE ? [env.PIP_CONFIG_FILE] : []),
  ]
  const configured = files
    .flatMap((path) => parseIni(read(path) ?? ''))
    .filter(({ section, key }) => /^(global|install|download)$/.test(section) && INDEX_KEY.test(key))
  const urls = [
    ...[env.PIP_INDEX_URL, env.PIP_EXTRA_INDEX_URL].flatMap(words),
    ...configured.flatMap(({ value }) => words(value)),
  ]
  const hasMain = Boolean(env.PIP_INDEX_URL) || configured.some(({ key }) => key === 'index-url')
  return [...urls, ...(hasMain ? [] : builtIn(machine))].flatMap((url) => registryHost(url) ?? [])
}

/** The index and the host of its files that pip was built with, as its own source says. */
function builtIn(machine: PresetMachine): string[] {
  for (const folder of packageFolders(machine)) {
    const source = machine.read(join(folder, 'pip/_internal/models/index.py'))
    const found = /PackageIndex\(\s*["'](https?:\/\/[^"']+)["'],\s*file_storage_domain=["']([^"']+)["']/.exec(
      source ?? '',
    )
    if (found) return [found[1] ?? '', `https://${found[2]}`]
  }
  return []
}

/** Where Python packages lie: beside the user's pip, in the user's home, in the system. */
function packageFolders({ programFolders, home, list }: PresetMachine): string[] {
  const roots = [
    ...programFolders('pip3'),
    ...programFolders('pip'),
    join(home, '.local'),
    '/usr/local',
    '/usr',
  ]
  return roots.flatMap((root) =>
    list(join(root, 'lib'))
      .filter((name) => name.startsWith('python3'))
      .flatMap((name) => PACKAGE_FOLDERS.map((folder) => join(root, 'lib', name, folder))),
  )
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}
