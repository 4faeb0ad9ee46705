import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, sendJson } from './fetch-json.ts'
import { signatureHeaders } from './http-signature.ts'
import { getProof } from './icaptcha/proof.ts'
import { chooseService, type ServiceEnv } from './icaptcha/service.ts'
import type { KeyPair } from './key-pair.ts'
import { plainText } from './plain-text.ts'

const PATH = '/api/register'
const CAPABILITIES = ['git:push', 'git:fetch', 'issue:create', 'pr:open']
/** Level of proof that a node wants if it doesn't say. */
const DEFAULT_LEVEL = 3
/** How often one cause of a refusal is mended before it is reported. */
const MOST_PROOFS = 2
/** Pauses before another try at a node that is starting or can't be reached, milliseconds. */
const BACKOFF_MS = [300, 1_000]

/** How we name ourselves to a node. */
export const USER_AGENT = 'agentvm-gitlawb'
/** Seconds after which a node that limits the rate may be asked again, if it doesn't say. */
const DEFAULT_RETRY_AFTER = 60
/** Seconds after which one that is down may be asked again. */
const RETRY_DOWN_AFTER = 15

/** Why a node doesn't take a registration. */
export class RefusedError extends Error {
  /** Seconds after which it makes sense to ask again; undefined if the answer would be the same. */
  readonly retryAfter: number | undefined

  constructor(message: string, retryAfter?: number) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** What varies between two sends of the same request. */
interface Attempt {
  proof?: string
  /** Seconds to add to our clock. */
  skew: number
}

/**
 * Makes a node know a key. Returns the UCAN token that it gives. Throws an `Error` that says in plain words why it
 * doesn't; what a retry can mend is mended first: a clock that differs, a wanted iCaptcha proof, a node that starts.
 */
export async function register(
  key: KeyPair,
  node: string,
  env: ServiceEnv,
  signal: AbortSignal,
): Promise<string> {
  const attempt: Attempt = { skew: 0 }
  let proofs = 0
  let pauses = 0
  for (;;) {
    const answer = await send(key, node, attempt, signal).catch((error: Error) => error)
    if (answer instanceof Error || answer.status === 503) {
      const pause = BACKOFF_MS[pauses++]
      if (pause === undefined || signal.aborted)
        throw answer instanceof Error
          ? new RefusedError(answer.message, RETRY_DOWN_AFTER)
          : refusal(answer, node)
      await sleep(pause, undefined, { signal }).catch(() => {})
      continue
    }
    if (answer.status >= 200 && answer.status < 300) return tokenOf(answer)
    const skew = clockSkew(answer, attempt)
    if (skew !== undefined) attempt.skew = skew
    else if (wantsProof(answer) && proofs++ < MOST_PROOFS)
      attempt.proof = await solve(key, answer, env, signal)
    else throw refusal(answer, node)
  }
}

function send(key: KeyPair, node: string, { proof, skew }: Attempt, signal: AbortSignal): Promise<Answer> {
  const body = JSON.stringify({ capabilities: CAPABILITIES, did: key.did, model: null })
  const created = Math.floor(Date.now() / 1000) + skew
  return sendJson(
    'POST',
    `${node.replace(/\/+$/, '')}${PATH}`,
    body,
    {
      ...signatureHeaders(key, { method: 'POST', path: PATH, body, created }),
      'User-Agent': USER_AGENT,
      ...(proof === undefined ? {} : { 'x-icaptcha-proof': proof }),
    },
    signal,
  )
}

function tokenOf({ json }: Answer): string {
  if (typeof json?.ucan === 'string') return json.ucan
  throw new Error('the node took the registration, but gave no token')
}

/** Seconds by which the node's clock is ahead of ours, where that is what it refuses, once. */
function clockSkew({ status, json, headers }: Answer, { skew }: Attempt): number | undefined {
  if (status !== 400 || json?.error !== 'clock_skew' || skew !== 0) return undefined
  const ahead = Math.round((Date.parse(headers.get('date') ?? '') - Date.now()) / 1000)
  return Number.isFinite(ahead) && ahead !== 0 ? ahead : undefined
}

function wantsProof({ status, headers }: Answer): boolean {
  return status === 403 && (headers.has('x-icaptcha-url') || headers.has('x-icaptcha-level'))
}

function solve(key: KeyPair, { headers }: Answer, env: ServiceEnv, signal: AbortSignal): Promise<string> {
  const service = chooseService(headers.get('x-icaptcha-url') ?? undefined, env)
  const level = Number(headers.get('x-icaptcha-level') ?? DEFAULT_LEVEL)
  return getProof(service, key.did, Number.isInteger(level) ? level : DEFAULT_LEVEL, signal)
}

function refusal({ status, json, headers }: Answer, node: string): Error {
  const { host } = new URL(node)
  if (status === 429)
    return new RefusedError(`${host} takes no more registrations for now (429)`, waitOf(headers))
  const reason = json?.message ?? json?.error
  const text = `${host} refuses (${status}${reason === undefined ? '' : `: ${plainText(reason)}`})`
  return new RefusedError(text, status >= 500 ? RETRY_DOWN_AFTER : undefined)
}

/** Seconds that a node wants us to wait: at least one, since 0 says that what failed is on our side. */
function waitOf(headers: Headers): number {
  const seconds = Number(headers.get('retry-after') ?? DEFAULT_RETRY_AFTER)
  return Number.isFinite(seconds) && seconds >= 0
    ? Math.min(Math.max(seconds, 1), 3_600)
    : DEFAULT_RETRY_AFTER
}
