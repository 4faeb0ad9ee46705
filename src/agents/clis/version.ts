import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { foldersAbove } from '../../policy/program/paths.ts'
import { readJson } from '../../policy/program/read.ts'
import type { ResolvedProgram } from '../../policy/program.ts'
import { makePrivateDir, readIfExists, writeFileAtomic } from '../../system/files.ts'
import { isNewer } from '../../system/version.ts'
import type { Context } from '../context.ts'
import { sandboxedOutput } from '../run/sandboxed-output.ts'
import { isolatingBackend } from '../spawn/isolating-backend.ts'
import { findAgentProgram, installCommand } from './find-program.ts'
import { installedCli } from './store.ts'

/** Milliseconds that a CLI may take to say its version. */
const LONGEST_MS = 20_000
/** Most programs whose version is remembered. */
const MOST_KNOWN = 100

/** The version of a program at no cost: of the npm package that it is part of, or as it once said. Undefined if neither tells. */
export function knownVersion({ home }: Pick<Context, 'home'>, path: string): string | undefined {
  return packageVersion(path) ?? readKnown(versionsFile(home.cache))[versionKey(path)] ?? undefined
}

/**
 * The version that a program itself says, which is asked in a sandbox, once for each file of it. Undefined if it doesn't
 * say, or if there is no sandbox: nothing is run on the host for this.
 */
async function askVersion(
  context: Context,
  profile: Profile,
  program: ResolvedProgram,
): Promise<string | undefined> {
  const file = versionsFile(context.home.cache)
  const key = versionKey(program.path)
  const known = readKnown(file)[key]
  if (known !== undefined) return known ?? undefined
  const backend = await isolatingBackend(context)
  if (!backend) return undefined
  const argv = [program.path, ...profile.versions.args]
  const options = { longestMs: LONGEST_MS, program }
  const { stdout, stderr } = await sandboxedOutput(context, backend, undefined, argv, options)
  const version = /\d+(?:\.\d+)+[\w.+-]*/.exec(stdout.slice(0, 4096) || stderr.slice(0, 4096))?.[0]
  makePrivateDir(dirname(file))
  const entries = Object.entries(readKnown(file)).slice(1 - MOST_KNOWN)
  writeFileAtomic(file, JSON.stringify(Object.fromEntries([...entries, [key, version ?? null]])))
  return version
}

/** What is wrong with a version that is older than a profile supports, and the command that mends it. */
export function versionProblem(
  context: Pick<Context, 'home'>,
  profile: Profile,
  version: string | undefined,
): { what: string; fix: string } | undefined {
  const { minimum } = profile.versions
  if (minimum === undefined || version === undefined || !isNewer(minimum, version)) return undefined
  return {
    what: `${profile.command[0]} ${version} is older than ${minimum}, which the profile '${profile.name}' needs`,
    fix: installedCli(context, profile.name)
      ? `agentvm profiles update ${profile.name}`
      : installCommand(profile),
  }
}

/** Warns if the program that an agent is to run is older than its profile supports. */
export async function warnOfOldVersion(
  context: Context,
  profile: Profile,
  program: ResolvedProgram,
): Promise<void> {
  if (profile.versions.minimum === undefined) return
  const version = knownVersion(context, program.path) ?? (await askVersion(context, profile, program))
  const problem = versionProblem(context, profile, version)
  if (problem) context.warn(`${problem.what}: ${problem.fix}`)
}

/** The version that a profile's program says; undefined also if there is none. */
export async function askProfileVersion(context: Context, profile: Profile): Promise<string | undefined> {
  const program = findAgentProgram(context, profile.command[0], { ...profile, tools: [] })
  return 'missing' in program ? undefined : askVersion(context, profile, program)
}

/** The version that a program's npm package names. */
function packageVersion(path: string): string | undefined {
  const real = realpathSync(path)
  if (!real.includes(`${sep}node_modules${sep}`)) return undefined
  const folder = foldersAbove(real).find((above) => existsSync(join(above, 'package.json')))
  const version = folder && readJson(join(folder, 'package.json'), 'version')
  return typeof version === 'string' ? version : undefined
}

function versionsFile(cache: string): string {
  return join(cache, 'versions.json')
}

/** Another file there has another key. */
function versionKey(path: string): string {
  const real = realpathSync(path)
  const { size, mtimeMs } = statSync(real)
  return `${real}:${size}:${mtimeMs}`
}

function readKnown(file: string): Record<string, string | null> {
  try {
    const known: unknown = JSON.parse(readIfExists(file) ?? '{}')
    if (typeof known !== 'object' || known === null) return {}
    return Object.fromEntries(
      Object.entries(known).filter(([, version]) => typeof version === 'string' || version === null),
    )
  } catch {
    return {}
  }
}
