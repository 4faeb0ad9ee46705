import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { foldersAbove } from '../../policy/program/paths.ts'
import { readJson } from '../../policy/program/read.ts'
import type { NotFound } from '../../policy/program/search.ts'
import { exec } from '../../system/exec.ts'
import { findAgentProgram } from '../clis/find-program.ts'
import type { Context } from '../context.ts'

/** Milliseconds that a CLI may take to say its version. */
const LONGEST_MS = 10_000

/** Where a profile's program is on this machine. */
export function profileProgram(context: Context, profile: Profile): { path: string } | NotFound {
  return findAgentProgram(context, profile.command[0], { ...profile, tools: [] })
}

/** The version that a program's package names, at no cost; undefined if it isn't part of one. */
export function packageVersion(path: string): string | undefined {
  const folder = foldersAbove(realpathSync(path)).find((above) => existsSync(join(above, 'package.json')))
  const version = folder && readJson(join(folder, 'package.json'), 'version')
  return typeof version === 'string' ? version : undefined
}

/** The version that the program itself says: the first number on its output. Undefined if it fails or takes too long. */
export async function askedVersion(
  context: Context,
  profile: Profile,
  path: string,
): Promise<string | undefined> {
  const { PATH = '', HOME = '/' } = context.caller
  try {
    const { stdout, stderr } = await exec([path, ...profile.versions.args], {
      env: { PATH, HOME, NO_COLOR: '1' },
      timeout: LONGEST_MS,
    })
    return /\d+(?:\.\d+)+[\w.+-]*/.exec(stdout || stderr)?.[0]
  } catch {
    return undefined
  }
}
