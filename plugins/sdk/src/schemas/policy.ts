import * as v from 'valibot'
import { absolutePath, allowedHost, environment, mount, named, port, text, word } from './common.ts'

const bound = v.optional(v.pipe(v.number(), v.minValue(0)))
const symlink = v.strictObject({ path: absolutePath, target: word })

/** Schema of {@link Limits}. */
export const limits = v.strictObject({
  memory: bound,
  processes: bound,
  cpus: bound,
  openFiles: bound,
  tmpSize: bound,
  shmSize: bound,
  logSize: bound,
})

/** Schema of {@link NetworkPolicy}. */
export const NetworkSchema = v.variant('mode', [
  v.strictObject({ mode: v.literal('host') }),
  v.strictObject({ mode: v.literal('none') }),
  v.strictObject({
    mode: v.literal('allowlist'),
    allow: v.array(allowedHost),
    proxy: v.strictObject({ socket: absolutePath, port }),
  }),
])

/** Schema of a {@link SandboxPolicy}. */
export const PolicySchema = v.strictObject({
  version: v.literal(1),
  agentId: named(/^[a-z0-9]{8}$/),
  hostname: named(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/),
  workspace: mount,
  home: mount,
  cwd: absolutePath,
  system: v.strictObject({
    readOnly: v.array(mount),
    symlinks: v.array(symlink),
    files: v.array(v.strictObject({ path: absolutePath, content: text })),
  }),
  readOnly: v.array(mount),
  readWrite: v.array(mount),
  symlinks: v.array(symlink),
  protect: v.array(absolutePath),
  env: environment,
  network: NetworkSchema,
  limits,
  tty: v.boolean(),
  sockets: v.array(mount),
  user: v.strictObject({ uid: v.number(), gid: v.number(), name: word }),
})
