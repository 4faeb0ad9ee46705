import type { SpawnPlan } from '@agentvm/sdk'
import * as v from 'valibot'
import { count, tags } from './parts.ts'

const words = v.array(v.string())
const mounts = v.array(v.object({ source: v.string(), target: v.string() }))
const limit = v.exactOptional(v.pipe(v.number(), v.minValue(0)))

/** The plan of a spawn, as `spawn --dry-run` prints it: names instead of values in `env`. */
export const spawnPlan = v.object({
  name: v.string(),
  profile: v.exactOptional(v.string()),
  sandbox: v.string(),
  command: words,
  env: words,
  readOnly: mounts,
  readWrite: mounts,
  tags,
  prompt: v.exactOptional(v.string()),
  network: v.picklist(['host', 'none', 'allowlist']),
  allow: v.array(v.object({ host: v.string(), port: count, from: v.exactOptional(v.string()) })),
  limits: v.object({
    memory: limit,
    processes: limit,
    cpus: limit,
    openFiles: limit,
    tmpSize: limit,
    shmSize: limit,
    logSize: limit,
  }),
  protect: v.picklist(['existing', 'strict', 'off']),
  gitConfig: v.picklist(['ro', 'rw']),
  identity: v.exactOptional(v.string()),
  helpers: v.array(v.record(v.string(), v.unknown())),
  from_dir: v.nullable(v.string()),
  from_git: v.nullable(v.string()),
  from_git_ref: v.nullable(v.string()),
  isolated: v.boolean(),
  not_enforced: words,
  changed_by: v.array(v.object({ plugin: v.string(), fields: words })),
}) satisfies v.GenericSchema<Omit<SpawnPlan, 'env' | 'command' | 'helpers' | 'allow'>>
