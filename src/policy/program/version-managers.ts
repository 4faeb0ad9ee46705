import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { followLinks } from './links.ts'
import { executableAt } from './paths.ts'
import { namesIn, readHead, readJson, readText } from './read.ts'
import { newestFirst, parseAsdfShim, parseMiseConfig, parseToolVersions } from './tool-versions.ts'

/** A stand-in that a version manager puts on the PATH. */
export interface Shim {
  /** The version manager's own folder. */
  root: string
  /** The program that it stands for, if that can be told. */
  program: string | undefined
}

/**
 * Looks behind the stand-ins of Volta, asdf, mise, pyenv, nodenv and their like; undefined for other programs. They ask
 * the version manager, which looks in the user's home: an agent doesn't have that, so it gets the program itself.
 */
export function behindShim(path: string, home: string): Shim | undefined {
  const folder = dirname(path)
  const root = dirname(folder)
  const shim = (places: string[]) => ({
    root,
    program: places.find((place) => executableAt(place) === 'executable'),
  })
  if (basename(followLinks(path)?.real ?? '') === 'volta-shim') return shim(voltaPlaces(root, basename(path)))
  if (basename(folder) !== 'shims') return undefined
  if (existsSync(join(root, 'versions'))) return shim(versionsPlaces(root, basename(path)))
  if (existsSync(join(root, 'installs'))) return shim(installsPlaces(root, path, home))
  return undefined
}

function voltaPlaces(root: string, command: string): string[] {
  const images = join(root, 'tools/image')
  const platform = join(root, 'tools/user/platform.json')
  const place = (kind: string, version: unknown) =>
    typeof version === 'string' ? [join(images, kind, version, 'bin', command)] : []
  return [
    ...place('packages', readJson(join(root, 'tools/user/bins', `${command}.json`), 'package')),
    ...place('node', readJson(platform, 'node', 'runtime')),
    ...place('npm', readJson(platform, 'node', 'npm')),
    ...place('pnpm', readJson(platform, 'pnpm')),
    ...place('yarn', readJson(platform, 'yarn')),
  ]
}

/** pyenv, nodenv, rbenv: `versions/V/bin`; the file `version` names those that the user has chosen. */
function versionsPlaces(root: string, command: string): string[] {
  const versions = namesIn(join(root, 'versions'))
  const chosen = readText(join(root, 'version'))
    .split(/\s+/)
    .filter((name) => versions.includes(name))
  return [...chosen, ...newestFirst(versions)].map((version) =>
    join(root, 'versions', version, 'bin', command),
  )
}

/** asdf and mise: `installs/TOOL/V`. The user's files and the shim's comments name versions; else the newest. */
function installsPlaces(root: string, shim: string, home: string): string[] {
  const chosen = [
    ...parseToolVersions(readText(join(home, '.tool-versions'))),
    ...parseMiseConfig(readText(join(home, '.config/mise/config.toml'))),
    ...parseAsdfShim(readHead(shim)),
  ]
  const installs = join(root, 'installs')
  return namesIn(installs).flatMap((tool) => {
    const versions = namesIn(join(installs, tool))
    const wanted = chosen.filter((choice) => choice.tool === tool && versions.includes(choice.version))
    return [...wanted.map(({ version }) => version), ...newestFirst(versions)].flatMap((version) =>
      ['bin', '.npm/bin', '.'].map((folder) => join(installs, tool, version, folder, basename(shim))),
    )
  })
}
