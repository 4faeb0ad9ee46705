import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { exec } from '../../system/exec.ts'
import { makePrivateDir, readIfExists } from '../../system/files.ts'
import { makeTemporary, removeTemporary } from '../../system/scratch.ts'
import { writingUserFile } from '../../system/user-files.ts'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'
import { liveness } from '../state/liveness.ts'
import { diagnose } from './doctor.ts'

/** How much of the journal goes along, in lines. */
const JOURNAL_LINES = 500

/** A support archive. */
export interface Bundle {
  /** The archive, `.tar.gz`, 0600. */
  path: string
  /** Names of the files in it. */
  files: string[]
}

/**
 * Packs what helps to find a fault: what `doctor` says, versions, settings, crash reports, and of each agent what is
 * the matter with it. No keys, prompts, commands, logs or workspaces; agents are called by their ids. Throws a
 * {@link UserError} if the file is there already.
 */
export async function makeBundle(
  context: Context,
  version: string,
  file: string | undefined,
): Promise<Bundle> {
  const name = `agentvm-bundle-${timestamp().replaceAll(/[-:]/g, '')}`
  const path = resolve(file ?? `${name}.tar.gz`)
  const scratch = makeTemporary('agentvm-bundle')
  try {
    if (existsSync(path))
      throw new UserError(`${path} is there already`, { fix: 'give another name', exitCode: 2 })
    const folder = join(scratch, name)
    makePrivateDir(folder)
    await collect(context, version, folder)
    const { PATH = '' } = process.env
    await exec(['tar', '-czf', join(scratch, 'bundle'), '-C', scratch, name], { env: { PATH } })
    const packed = readFileSync(join(scratch, 'bundle'))
    writingUserFile(path, () => writeFileSync(path, packed, { mode: 0o600, flag: 'wx' }))
    return { path, files: readdirSync(folder).sort() }
  } finally {
    removeTemporary(scratch)
  }
}

async function collect(context: Context, version: string, folder: string): Promise<void> {
  const { home, settings } = context
  const write = (name: string, value: unknown) =>
    writeFileSync(
      join(folder, name),
      `${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`,
    )
  const anonymous = anonymiser(context)
  write('versions.json', {
    ...{ agentvm: version, node: process.version, platform: process.platform, arch: process.arch },
    ...{ kernel: release(), distribution: readIfExists('/etc/os-release') ?? null, uid: process.getuid?.() },
  })
  write('doctor.json', anonymous(JSON.stringify(await diagnose(context), null, 2)))
  write('settings.json', anonymous(JSON.stringify(settingsOf(settings), null, 2)))
  write('agents.json', { agents: agentFacts(context) })
  const journal = (readIfExists(home.journal) ?? '').trimEnd().split('\n').slice(-JOURNAL_LINES)
  write(
    'journal.txt',
    journal
      .map((line) => line.split('\t').slice(0, 3).join('\t'))
      .map(anonymous)
      .join('\n'),
  )
  for (const report of existsSync(home.reports) ? readdirSync(home.reports) : []) {
    copyFileSync(join(home.reports, report), join(folder, basename(report)))
  }
}

/** Settings that say how, not what: no commands and no hosts. */
function settingsOf(settings: Context['settings']): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(settings).map((name) => {
      try {
        const value = settings[name as keyof typeof settings]
        return [name, typeof value === 'string' && /[\s/.]/.test(value) ? '(set)' : (value ?? null)]
      } catch (error) {
        return [name, (error as Error).message]
      }
    }),
  )
}

function agentFacts({ home, store }: Context): unknown[] {
  const damaged: unknown[] = []
  const agents = store
    .all(() => damaged.push({ damaged: true }))
    .map((record) => ({
      ...{ id: record.id, sandbox: record.sandbox, profile: record.profile ?? null, network: record.network },
      ...{ state: liveness(record, home), created_at: record.createdAt, ended_at: record.endedAt ?? null },
      ...{ end_reason: record.endReason ?? null, exit_code: record.exitCode ?? null },
      facts: Object.keys(record.extra),
    }))
  return [...agents, ...damaged]
}

/** Turns the user's home into `~`, agentvm's into `$AGENTVM_HOME`, and names of agents into their ids. */
function anonymiser({ home, store, caller }: Context): (text: string) => string {
  const names = store
    .all(() => {})
    .map(({ name, id }) => [new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'), id] as const)
  const folders = [
    [home.root, '$AGENTVM_HOME'],
    [caller.HOME ?? dirname(home.root), '~'],
  ] as const
  return (text) => {
    let result = text
    for (const [folder, word] of folders) result = result.replaceAll(folder, word)
    for (const [name, id] of names) result = result.replace(name, id)
    return result
  }
}
