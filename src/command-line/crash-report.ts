import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, release } from 'node:os'
import { join } from 'node:path'
import { readEnvFile } from '../settings/env-file.ts'
import type { Home } from '../settings/home.ts'
import { makePrivateDir } from '../system/files.ts'
import { failureText } from '../terminal/failure-text.ts'

/** How many reports are kept. */
const KEPT = 20
/** Variables whose values are nobody's business. */
const SECRET = /KEY|TOKEN|SECRET|PASS|AUTH|CREDENTIAL/i
/** Shorter values would blot out words of the report. */
const SHORTEST_SECRET = 6

/** What was being done when an error came that nobody had thought of. */
export interface CrashFacts {
  home: Home
  command: string | undefined
  argv: readonly string[]
  /** Of agentvm. */
  version: string
}

/** Keeps an error that nobody had thought of in a file of `$AGENTVM_HOME/reports`. Returns what to tell the user. */
export function reportCrash(error: Error, facts: CrashFacts): string {
  const report = redact(describe(error, facts), facts.home)
  const what = `unexpected: ${redact(error.message.split('\n')[0] ?? '', facts.home)}`
  try {
    const path = save(facts.home, report)
    return failureText(
      what,
      `this is a fault in agentvm: please report it with ${path} (no keys, no prompts in it)`,
    )
  } catch {
    return `${failureText(what)}${report}`
  }
}

function describe(error: Error, { command, argv, version }: CrashFacts): string {
  // Words of the command line may be prompts or keys: only which flags there were is told.
  const flags = argv
    .slice(0, argv.indexOf('--') >>> 0)
    .flatMap((word) => /^--?[a-z][a-z-]*/i.exec(word)?.[0] ?? [])
  return [
    `agentvm ${version}, node ${process.version}, ${process.platform} ${release()} ${process.arch}`,
    `command: ${[command, ...flags].join(' ')}`,
    `time: ${new Date().toISOString()}`,
    '',
    stackOf(error),
    '',
  ].join('\n')
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.stack, ...(error.cause ? [`caused by ${stackOf(error.cause)}`] : [])].join('\n')
}

/** Takes the user's name out of paths, and every value out that may be a key. */
function redact(text: string, home: Home): string {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    SECRET.test(name) && value ? [value] : [],
  )
  let redacted = text
  for (const value of [...own, ...keysOf(home)]) {
    if (value.length >= SHORTEST_SECRET) redacted = redacted.replaceAll(value, '********')
  }
  return redacted.replaceAll(home.root, '$AGENTVM_HOME').replaceAll(process.env.HOME ?? homedir(), '~')
}

function keysOf({ envFile }: Home): string[] {
  try {
    return Object.values(readEnvFile(envFile))
  } catch {
    return []
  }
}

function save(home: Home, report: string): string {
  makePrivateDir(home.reports)
  const path = join(
    home.reports,
    `crash-${new Date().toISOString().replaceAll(/[:.]/g, '')}-${process.pid}.txt`,
  )
  writeFileSync(path, report, { mode: 0o600, flag: 'wx' })
  const old = readdirSync(home.reports).sort().slice(0, -KEPT)
  for (const name of old) rmSync(join(home.reports, name), { force: true })
  return path
}
