import { dirname, join } from 'node:path'
import type { AllowedHost } from '@agentvm/sdk'
import { parseIni } from './ini.ts'
import type { PresetMachine } from './machine.ts'
import { registryHost } from './registry-url.ts'

const REGISTRY_KEY = /^(?:@[^:]+:)?registry$/
const DEFINITIONS = '@npmcli/config/lib/definitions/definitions.js'

/**
 * The registries of the user's npm: environment, `~/.npmrc`, the global and the built-in file; where none names the
 * main one, what npm itself was built with. The files are read, npm isn't run. A project's `.npmrc` isn't read: it is
 * the agent's.
 */
export function npmHosts(machine: PresetMachine): AllowedHost[] {
  const { env, home } = machine
  const setting = (name: string) => fromEnvironment(machine, name).at(-1)
  const packages = machine.programFolders('npm')
  const prefix = setting('prefix')
  const files = [
    setting('userconfig') ?? join(home, '.npmrc'),
    setting('globalconfig') ?? (prefix ? join(prefix, 'etc/npmrc') : undefined),
    ...packages.flatMap((folder) => [join(folder, 'npmrc'), join(folder, 'etc/npmrc')]),
  ]
  const configured = files
    .flatMap((path) => (path === undefined ? [] : parseIni(machine.read(path) ?? '')))
    .filter(({ section, key }) => section === '' && REGISTRY_KEY.test(key))
    .map(({ key, value }) => ({ key, value: expand(value, env) }))
  const urls = [...fromEnvironment(machine, 'registry'), ...configured.map(({ value }) => value)]
  const hasMain =
    fromEnvironment(machine, 'registry').length > 0 || configured.some(({ key }) => key === 'registry')
  return [...urls, ...(hasMain ? [] : builtIn(machine, packages))].flatMap((url) => registryHost(url) ?? [])
}

/** The registry that npm was built with, as its own source says. */
function builtIn({ read }: PresetMachine, packages: readonly string[]): string[] {
  for (const folder of packages) {
    for (const modules of [join(folder, 'node_modules'), folder, dirname(folder)]) {
      const source = read(join(modules, DEFINITIONS))
      const at = source?.search(/\bregistry['"]?,?\s*(?:new Definition|[({])/) ?? -1
      const found = source && /['"`](https?:\/\/[^'"`]+)['"`]/.exec(source.slice(Math.max(at, 0), at + 600))
      if (at >= 0 && found) return [found[1] ?? '']
    }
  }
  return []
}

/** Values of `npm_config_NAME`, in whatever case. */
function fromEnvironment({ env }: PresetMachine, name: string): string[] {
  return Object.entries(env).flatMap(([key, value]) =>
    value && key.toLowerCase() === `npm_config_${name}` ? [value] : [],
  )
}

/** `${NAME}` in a value, as npm does it. */
function expand(value: string, env: PresetMachine['env']): string {
  return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\??\}/g, (_, name: string) => env[name] ?? '')
}
