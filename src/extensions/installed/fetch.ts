import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExternalCommandError, Interrupted, UserError } from '../../errors.ts'
import { exec } from '../../system/exec.ts'
import { errorCode } from '../../system/files.ts'
import { npmCommand, npmErrorCode, npmProblem } from '../../system/npm.ts'
import { systemError } from '../../system/system-error.ts'
import { stripUserInfo } from '../../workspace/seed/credentials.ts'
import type { InstallSource } from '../install-source.ts'

/** How a package is fetched. */
export interface FetchOptions {
  /** Lets the package, and what it needs, run its install scripts. */
  allowScripts: boolean
  /** Fetches it even if npm has a copy. */
  force: boolean
  /** Given what npm says while it works. */
  onOutput?: ((text: string) => void) | undefined
  signal: AbortSignal
  env: NodeJS.ProcessEnv
}

/** A package in a folder of its own, with all that it needs. */
export interface FetchedPackage {
  /** The package's folder. */
  root: string
  /** As the entry of the plugin will say. */
  from: { tag: string } | { url: string }
}

/**
 * Installs a package by npm into an empty folder. Throws a {@link UserError} if that fails, in npm's words; what is in the
 * folder then is for the caller to remove.
 */
export async function fetchPackage(
  folder: string,
  source: InstallSource,
  options: FetchOptions,
): Promise<FetchedPackage> {
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n')
  if ('url' in source) {
    await runNpm(folder, source.url, options)
    return { root: installedIn(folder), from: { url: source.url } }
  }
  await fetchFirst(folder, source.names, source.tag, options)
  return { root: installedIn(folder), from: { tag: source.tag } }
}

/**
 * Installs what the lockfile of a folder that the user works on names. Its scripts run: it is the user's own. Throws a
 * {@link UserError} if npm fails.
 */
export async function installDependencies(
  folder: string,
  verbose: boolean,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const onStderr = (text: string) => void process.stderr.write(text)
  const loud = verbose ? { onStderr } : {}
  const argv: [string, ...string[]] = [
    ...npmCommand(),
    'install',
    '--no-audit',
    '--no-fund',
    `--loglevel=${verbose ? 'http' : 'error'}`,
  ]
  try {
    await exec(argv, { cwd: folder, env: environment(env), ...loud })
  } catch (error) {
    throw error instanceof ExternalCommandError ? failed('what it depends on', error) : error
  }
}

async function fetchFirst(
  folder: string,
  names: string[],
  tag: string,
  options: FetchOptions,
): Promise<void> {
  const [name = '', ...others] = names
  try {
    await runNpm(folder, `${name}@${tag}`, options)
  } catch (error) {
    if (others.length === 0 || !isAbsent(error, name)) throw error
    await fetchFirst(folder, others, tag, options)
  }
}

/** Whether npm found no package of that name. One that the package needs, and that isn't there, is another matter. */
function isAbsent(error: unknown, name: string): boolean {
  const { cause } = error as { cause?: unknown }
  if (!(cause instanceof ExternalCommandError)) return false
  const inAddress = name.replace('/', '(?:/|%2[fF])').replaceAll('.', '\\.')
  return (
    npmErrorCode(cause.stderr) === 'E404' && new RegExp(`${inAddress}(?:@|[\\s'"]|$)`, 'm').test(cause.stderr)
  )
}

/** The folder of the one package that was asked for. */
function installedIn(folder: string): string {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [name] = Object.keys(dependencies)
  if (!name) throw new UserError('npm installed nothing')
  return join(folder, 'node_modules', name)
}

async function runNpm(folder: string, spec: string, options: FetchOptions): Promise<void> {
  const { allowScripts, force, onOutput, signal, env } = options
  const argv: [string, ...string[]] = [
    ...npmCommand(),
    ...['install', '--prefix', folder, '--global=false', '--omit=dev', '--install-links'],
    ...['--no-audit', '--no-fund', '--no-update-notifier', `--loglevel=${onOutput ? 'http' : 'error'}`],
    ...(allowScripts ? ['--ignore-scripts=false', '--foreground-scripts'] : ['--ignore-scripts']),
    ...(force ? ['--force', '--prefer-online'] : []),
    ...(env.AGENTVM_NPM_REGISTRY ? [`--registry=${env.AGENTVM_NPM_REGISTRY}`] : []),
    ...['--', spec],
  ]
  try {
    const own = { cwd: folder, env: environment(env), signal }
    await exec(argv, onOutput ? { ...own, onStderr: onOutput } : own)
  } catch (error) {
    if (signal.aborted)
      throw new Interrupted('interrupted, nothing was installed', { signal: signal.reason, cause: error })
    throw error instanceof ExternalCommandError ? failed(spec, error) : error
  }
}

function failed(spec: string, error: ExternalCommandError): UserError {
  if (errorCode(error.cause) === 'ENOENT')
    return new UserError('npm is not installed: it fetches packages', {
      fix: 'install Node.js with npm: https://nodejs.org',
      cause: error,
    })
  const unstarted = systemError(error)
  if (unstarted) return unstarted
  const code = npmErrorCode(error.stderr)
  const what = {
    E404: 'there is no such package',
    EINTEGRITY: 'what was downloaded is not what was published',
  }
  const problem = what[code as keyof typeof what] ?? npmProblem(error.stderr)
  const message = `${spec} can't be installed: ${problem}${code ? ` (${code})` : ''}`
  return new UserError(stripUserInfo(message), { cause: error })
}

/** npm and git speak plainly, and ask nothing. Files are the user's own. */
function environment(env: NodeJS.ProcessEnv): Record<string, string> {
  const { NODE_V8_COVERAGE: _, ...rest } = env
  const entries = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(entries), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }
}

/** The size of what npm put into a folder, for people: how many packages there are in it. */
export function packagesIn(folder: string): number {
  const names = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  return names
    .map((name) => (name.startsWith('@') ? readdirSync(join(folder, 'node_modules', name)).length : 1))
    .reduce((sum, count) => sum + count, 0)
}
