import { createHash } from 'node:crypto'
import { publicKeyOf } from '@agentvm/sdk'
import { canonicalJson } from './canonical-json.ts'
import { isSignedBy, type SigningKey } from './ed25519.ts'

/** What an envelope holds: an in-toto statement. */
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
/** Longest envelope that is looked at, in characters. */
const LONGEST = 256 * 1024

/** An envelope that is what it should be, but for its signature. */
export interface Envelope {
  /** The statement's bytes. */
  payload: Buffer
  /** SHA-256 of the payload, hex: the record's name in the chain. */
  hash: string
  /** Who signed, as it says: `did:key:z6Mk…`. */
  signer: string
  signature: Buffer
}

/** A statement in a DSSE envelope, on one line. */
export function seal(statement: unknown, key: SigningKey): string {
  const payload = Buffer.from(canonicalJson(statement))
  const sig = key.sign(preAuthentication(payload)).toString('base64')
  return formOf(payload, key.did, sig)
}

/**
 * Reads an envelope. There is one right way to write it, so that no byte can be changed unnoticed. Returns the problem
 * as text if it isn't one.
 */
export function readEnvelope(line: string): Envelope | string {
  if (line.length > LONGEST) return 'too long for an envelope'
  let fields: { payload?: unknown; signatures?: { keyid?: unknown; sig?: unknown }[] } | null
  try {
    fields = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  const { keyid, sig } = (Array.isArray(fields?.signatures) && fields.signatures[0]) || {}
  if (typeof fields?.payload !== 'string' || typeof keyid !== 'string' || typeof sig !== 'string') {
    return 'not a DSSE envelope with one signature'
  }
  const payload = Buffer.from(fields.payload, 'base64')
  const signature = Buffer.from(sig, 'base64')
  if (formOf(payload, keyid, signature.toString('base64')) !== line) {
    return 'not written as agentvm writes envelopes'
  }
  return { payload, hash: createHash('sha256').update(payload).digest('hex'), signer: keyid, signature }
}

/** Whether the signature of an envelope is its signer's. */
export function isSealed({ payload, signer, signature }: Envelope): boolean {
  const key = publicKeyOf(signer)
  return key !== undefined && isSignedBy(key, preAuthentication(payload), signature)
}

/** The bytes that are signed: DSSE's PAE. */
export function preAuthentication(payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}

function formOf(payload: Buffer, keyid: string, sig: string): string {
  return canonicalJson({
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: keyid.toWellFormed(), sig }],
  })
}
