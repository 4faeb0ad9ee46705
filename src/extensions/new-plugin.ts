import {
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { makeScratch, removeDeadScratch } from '../system/scratch.ts'
import { shellQuote } from '../system/shell-words.ts'
import { systemError } from '../system/system-error.ts'

/** What a new plugin can bring. Each has a folder of templates. */
export const PLUGIN_KINDS = ['profile', 'sandbox', 'identity', 'hook'] as const

/** One of {@link PLUGIN_KINDS}. */
export type PluginKind = (typeof PLUGIN_KINDS)[number]

/** What is to be written. */
export interface NewPlugin {
  kind: PluginKind
  /** What it brings, as users name it: `-p NAME`, `--sandbox NAME`. */
  name: string
  /** npm scope of the package, with its `@`; none if undefined. */
  scope?: string | undefined
  /** The folder to write; `./agentvm-KIND-NAME` if undefined. */
  folder?: string | undefined
}

/** One plugin that was written, as `plugins new --json` prints it. */
export interface WrittenPlugin {
  kind: PluginKind
  name: string
  package: string
  folder: string
  /** Paths in the folder, sorted. */
  files: string[]
}

/** What stands in the templates for the plugin's own. They compile as they are. */
const [NAME, LABEL, VARIABLE, SDK] = ['template-name', 'Template Name', 'TEMPLATE_NAME', '0.0.0-sdk']

/**
 * Writes a plugin that works: typed, tested by the SDK's own kits, ready to link and to publish. The folder is there as
 * a whole or not at all. Throws a {@link UserError} on a bad name, and where there is something already.
 *
 * @param root agentvm's own folder
 */
export function writeNewPlugin(root: string, plugin: NewPlugin): WrittenPlugin {
  checkNames(plugin)
  const { kind, name, scope } = plugin
  const packageName = `${scope ? `${scope}/` : ''}agentvm-${kind}-${name}`
  const folder = resolve(plugin.folder ?? `agentvm-${kind}-${name}`)
  removeDeadScratch(dirname(folder), [scratchOf(folder)])
  requireFree(folder)
  const replacements = [
    [`agentvm-${kind}-${NAME}`, packageName],
    [NAME, name],
    [LABEL, labelOf(name)],
    [VARIABLE, name.replaceAll('-', '_').toUpperCase()],
    [SDK, `^${sdkVersion(root)}`],
  ] as const
  const files = inOneStep(folder, (temporary) => {
    for (const template of ['common', kind]) {
      cpSync(join(root, 'templates', template), temporary, { recursive: true })
    }
    // npm publishes no file of the name that git wants.
    renameSync(join(temporary, 'gitignore'), join(temporary, '.gitignore'))
    const paths = globSync('**/*', { cwd: temporary }).filter((path) =>
      statSync(join(temporary, path)).isFile(),
    )
    for (const path of [...paths, '.gitignore']) {
      const text = readFileSync(join(temporary, path), 'utf8')
      const filled = replacements.reduce((filling, [from, to]) => filling.replaceAll(from, to), text)
      writeFileSync(join(temporary, path), filled)
    }
    return [...new Set([...paths, '.gitignore'])].sort()
  })
  return { kind, name, package: packageName, folder, files }
}

function checkNames({ kind, name, scope }: NewPlugin): void {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name) || name.endsWith('-')) {
    throw new UserError(`'${name}' is no name for a ${kind}`, {
      fix: 'use small letters, digits and hyphens, a letter first and no hyphen last, at most 63',
      exitCode: 2,
    })
  }
  if (scope !== undefined && !/^@[a-z0-9][a-z0-9._-]*$/.test(scope)) {
    throw new UserError(`'${scope}' is no npm scope`, { fix: 'such as --scope @acme', exitCode: 2 })
  }
}

/** `my-agent` as `My Agent`. */
function labelOf(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}

/** The SDK has agentvm's own version: they are released together. */
function sdkVersion(root: string): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

function requireFree(folder: string): void {
  const parent = dirname(folder)
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`there is no folder ${parent}`, { fix: `mkdir -p ${shellQuote(parent)}` })
  }
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (stats && !(stats.isDirectory() && readdirSync(folder).length === 0)) throw isThere(folder)
}

function isThere(folder: string): UserError {
  return new UserError(`${folder} is there already, and not empty`, {
    fix: 'name another folder: --dir FOLDER',
  })
}

const scratchOf = (folder: string) => `.${basename(folder)}`

/** Fills a folder next to its place, and moves it there. Throws a {@link UserError} where nothing can be written. */
function inOneStep<T>(folder: string, fill: (temporary: string) => T): T {
  let temporary: string | undefined
  try {
    temporary = makeScratch(dirname(folder), scratchOf(folder))
    const whole = join(temporary, 'plugin')
    mkdirSync(whole)
    const made = fill(whole)
    renameSync(whole, folder)
    return made
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw isThere(folder)
    if (code === undefined) throw error
    const known = systemError(Object.assign(new Error(message, { cause: error }), { code, path: folder }))
    throw known ?? new UserError(`${folder} can't be written: ${message}`, { cause: error })
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true })
  }
}
