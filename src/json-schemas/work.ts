import * as v from 'valibot'
import type { DiffReport } from '../agents/diff/report.ts'
import type { EventRow } from '../agents/journal/entry.ts'
import { count, time } from './parts.ts'

const mode = v.nullable(v.pipe(v.string(), v.regex(/^[0-7]{6}$/)))

/** What has changed in an agent's workspace: `diff`. */
export const diff = v.object({
  name: v.string(),
  id: v.string(),
  workspace: v.string(),
  base: v.picklist(['spawn', 'git', 'file-times']),
  since: time,
  files: v.array(
    v.object({
      path: v.string(),
      old_path: v.nullable(v.string()),
      status: v.picklist(['added', 'modified', 'deleted', 'renamed', 'changed']),
      kind: v.picklist(['file', 'symlink', 'fifo', 'socket', 'device']),
      old_mode: mode,
      new_mode: mode,
      added: v.nullable(count),
      deleted: v.nullable(count),
      binary: v.boolean(),
    }),
  ),
  added: count,
  deleted: count,
  commits: v.nullable(
    v.array(
      v.object({
        sha: v.string(),
        author: v.string(),
        email: v.string(),
        time,
        subject: v.string(),
      }),
    ),
  ),
  flagged: v.array(v.object({ path: v.string(), reason: v.string() })),
  ignored: v.nullable(count),
  problems: v.array(v.string()),
}) satisfies v.GenericSchema<DiffReport>

/** One event: a row of `history`. */
export const eventRow = v.object({
  time,
  event: v.string(),
  name: v.string(),
  detail: v.string(),
  profile: v.nullable(v.string()),
  sandbox: v.nullable(v.string()),
  exit_code: v.nullable(count),
  reason: v.nullable(v.string()),
}) satisfies v.GenericSchema<EventRow>
