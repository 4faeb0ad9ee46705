import * as v from 'valibot'
import type { NetworkReport } from '../agents/network/report.ts'
import type { RequestEntry } from '../network/proxy/request-log.ts'
import { count } from './parts.ts'

const report = v.object({
  name: v.string(),
  id: v.string(),
  status: v.picklist(['running', 'dead']),
  network: v.picklist(['host', 'none', 'allowlist']),
  allow: v.array(
    v.object({
      rule: v.string(),
      host: v.string(),
      port: count,
      private: v.boolean(),
      from: v.nullable(v.string()),
    }),
  ),
  revoked: v.array(v.string()),
  requests: v.object({ allowed: count, refused: count, failed: count }),
  refused: v.array(
    v.object({
      host: v.string(),
      port: count,
      reason: v.string(),
      count,
      last: v.string(),
      allow: v.nullable(v.string()),
    }),
  ),
}) satisfies v.GenericSchema<NetworkReport>

const request = v.object({
  time: v.string(),
  via: v.picklist(['connect', 'http', 'socks5']),
  host: v.string(),
  port: count,
  decision: v.picklist(['allowed', 'refused', 'failed']),
  rule: v.nullable(v.string()),
  reason: v.nullable(v.string()),
}) satisfies v.GenericSchema<RequestEntry>

/** An agent's network: `net`; with `--log` or `--denied` its requests. */
export const network = v.union([report, v.array(request)])
