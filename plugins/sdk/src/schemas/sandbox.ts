import * as v from 'valibot'
import type { SandboxBackend } from '../sandbox.ts'
import { argv, environment, fn, named, word } from './common.ts'

const limitName = v.picklist([
  ...(['memory', 'processes', 'cpus', 'openFiles', 'tmpSize', 'shmSize', 'logSize'] as const),
])

const networkMode = v.picklist(['host', 'none', 'allowlist'])

/** Schema of a {@link SandboxBackend}. What its functions return has schemas of its own. */
export const SandboxSchema = v.strictObject({
  id: named(/^[a-z][a-z0-9-]*$/),
  label: word,
  platforms: v.array(word),
  rank: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  capabilities: v.strictObject({
    isolates: v.boolean(),
    relocatesPaths: v.boolean(),
    network: v.array(networkMode),
    networkLacks: v.optional(
      v.array(v.strictObject({ mode: networkMode, reason: word, packages: v.array(word) })),
    ),
    limits: v.array(limitName),
    processes: v.picklist(['contained', 'best-effort']),
    relocatable: v.boolean(),
  }),
  probe: fn<SandboxBackend['probe']>(),
  probeDependsOn: v.optional(fn<NonNullable<SandboxBackend['probeDependsOn']>>()),
  prepare: v.optional(fn<NonNullable<SandboxBackend['prepare']>>()),
  wrap: fn<SandboxBackend['wrap']>(),
  stop: v.optional(fn<NonNullable<SandboxBackend['stop']>>()),
  stats: v.optional(fn<NonNullable<SandboxBackend['stats']>>()),
  reap: v.optional(fn<NonNullable<SandboxBackend['reap']>>()),
})

/** Schema of a {@link ProbeResult}. */
export const ProbeSchema = v.variant('ok', [
  v.strictObject({ ok: v.literal(true), version: v.optional(v.string()) }),
  v.strictObject({ ok: v.literal(false), reason: word, fix: v.optional(v.string()) }),
])

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be text or bytes')
const fileName = named(/^[a-z0-9][a-z0-9.-]*$/)
const descriptor = v.pipe(v.number(), v.integer(), v.minValue(3), v.maxValue(9))

/** Schema of a {@link WrappedCommand}: its descriptors refer to its files, each once. */
export const WrappedSchema = v.pipe(
  v.strictObject({
    argv,
    env: environment,
    files: v.array(v.strictObject({ name: fileName, content: v.union([v.string(), bytes]) })),
    fds: v.array(v.strictObject({ fd: descriptor, file: fileName })),
    ignoreSignals: v.array(v.picklist(['INT', 'QUIT'])),
    status: v.optional(v.strictObject({ fd: descriptor, startedWhen: word })),
  }),
  v.check(
    ({ fds, files }) => fds.every(({ file }) => files.some(({ name }) => name === file)),
    'fds must name files of this command',
  ),
  v.check(({ fds, status }) => {
    const used = [...fds.map(({ fd }) => fd), ...(status ? [status.fd] : [])]
    return new Set(used).size === used.length
  }, 'each descriptor can be used once'),
)
