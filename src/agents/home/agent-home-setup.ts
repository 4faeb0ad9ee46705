import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile, SetupContext, SetupFile } from '@agentvm/sdk'
import { check, SetupSchema } from '@agentvm/sdk/schemas'
import { UserError } from '../../errors.ts'
import { writeFileAtomic } from '../../system/files.ts'
import { makeFoldersTo, readRegularFile } from './agent-home-files.ts'

/** How long a profile's setup may take. */
const SETUP_TAKES_MS = 10_000
/** The largest file that a setup can read, and write. */
const LARGEST_BYTES = 8 * 1024 ** 2

/** Writes the files of a profile's setup into an agent's home. Throws a {@link UserError} if it fails or returns something invalid. */
export async function setUpHome(
  profile: Profile,
  agentHome: string,
  context: Omit<SetupContext, 'read'>,
): Promise<void> {
  if (!profile.setup) return
  const read = async (path: string) => readSeeded(agentHome, path)
  const setup = async () => profile.setup?.({ ...context, read })
  const checked = check(SetupSchema, await inTime(profile, setup()))
  if (!checked.ok) throw setupError(profile, `returned something invalid: ${checked.problems.join('; ')}`)
  for (const file of checked.value) writeSetupFile(profile, agentHome, file)
}

async function inTime<T>(profile: Profile, setup: Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = sleep(SETUP_TAKES_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`takes longer than ${SETUP_TAKES_MS / 1000} seconds`)
  })
  try {
    return await Promise.race([setup, late])
  } catch (error) {
    throw setupError(profile, `failed: ${(error as Error).message}`, error)
  } finally {
    stop.abort()
    late.catch(() => {})
  }
}

/** A file of the agent's home; never through a link, since after the first start the agent may have made it. */
function readSeeded(agentHome: string, path: string): string | undefined {
  if (!isReal(agentHome, path)) return undefined
  const file = readRegularFile(join(agentHome, path), LARGEST_BYTES)
  return typeof file === 'object' ? file.content.toString('utf8') : undefined
}

function writeSetupFile(profile: Profile, agentHome: string, { path, content }: SetupFile): void {
  if (Buffer.byteLength(content) > LARGEST_BYTES) throw setupError(profile, `makes ${path} too large`)
  if (
    !makeFoldersTo(agentHome, path) ||
    lstatSync(join(agentHome, path), { throwIfNoEntry: false })?.isDirectory()
  ) {
    throw setupError(profile, `can't write ${path}: something else stands in its place in ${agentHome}`)
  }
  writeFileAtomic(join(agentHome, path), content, { tidy: true })
}

/** Whether every folder on the way to a path is one, not a link. */
function isReal(agentHome: string, path: string): boolean {
  const parts = path.split('/').slice(0, -1)
  return parts.every((_, index) => {
    const at = join(agentHome, ...parts.slice(0, index + 1))
    return lstatSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false
  })
}

function setupError(profile: Profile, what: string, cause?: unknown): UserError {
  return new UserError(`the setup of the profile '${profile.name}' ${what}`, { cause })
}
