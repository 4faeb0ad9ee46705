import { resolve } from 'node:path'
import { shellJoin, shellSplit } from '../../system/shell-words.ts'
import type { SpawnRequest } from '../spawn/plan.ts'

/** What the user asked for at a spawn, beyond the record's other fields: what `restart` and `clone` repeat. */
export interface SpawnFacts {
  /** Names given with `-e`. Values given there lie in the agent's secrets, never in the state file. */
  envNames: string[]
  /** Host paths of `--ro`, absolute. */
  readOnly: string[]
  /** Host paths of `--rw`, absolute. */
  readWrite: string[]
  /** `--unsafe`. */
  unsafe: boolean
  /** `--require-limits`. */
  requireLimits: boolean
}

/** The facts of a request, paths made absolute: a restart may come from another folder. */
export function spawnFacts(request: SpawnRequest): SpawnFacts {
  return {
    envNames: [...new Set(request.env.map((flag) => flag.split('=')[0] ?? ''))],
    readOnly: request.readOnly.map((path) => resolve(path)),
    readWrite: request.readWrite.map((path) => resolve(path)),
    unsafe: request.unsafe,
    requireLimits: request.requireLimits,
  }
}

/** The values that `-e NAME=VALUE` gave. */
export function secretsOf(request: SpawnRequest): Record<string, string> {
  return Object.fromEntries(
    request.env.flatMap((flag) => {
      const equals = flag.indexOf('=')
      return equals < 0 ? [] : [[flag.slice(0, equals), flag.slice(equals + 1)]]
    }),
  )
}

/** Reads the facts of a state file by its keys. A record that has none, as the bash tool's, asked for nothing. */
export function decodeFacts(take: (key: string) => string | undefined): SpawnFacts {
  const words = (key: string) => shellSplit(take(key) ?? '') ?? []
  return {
    envNames: words('AGENT_ENV'),
    readOnly: words('AGENT_RO'),
    readWrite: words('AGENT_RW'),
    unsafe: take('AGENT_UNSAFE') === 'true',
    requireLimits: take('AGENT_REQUIRE_LIMITS') === 'true',
  }
}

/** Writes the facts as a state file's keys; those that say nothing are left out. */
export function encodeFacts(facts: SpawnFacts): Record<string, string> {
  return Object.fromEntries(
    Object.entries({
      AGENT_ENV: shellJoin(facts.envNames),
      AGENT_RO: shellJoin(facts.readOnly),
      AGENT_RW: shellJoin(facts.readWrite),
      AGENT_UNSAFE: facts.unsafe ? 'true' : '',
      AGENT_REQUIRE_LIMITS: facts.requireLimits ? 'true' : '',
    }).filter(([, value]) => value !== ''),
  )
}
