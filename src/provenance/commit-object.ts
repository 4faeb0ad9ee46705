import { createHash } from 'node:crypto'

/** Who made a commit, and when, as it says itself. */
export interface Person {
  email: string
  /** Milliseconds since 1970; NaN if it can't be read. */
  time: number
}

/** A git commit, taken apart. */
export interface CommitObject {
  author: Person | undefined
  committer: Person | undefined
  /** The armoured signature; undefined if there is none. */
  signature: string | undefined
  /** What is signed: everything but the signature. */
  signed: Buffer
}

const SIGNATURES = ['gpgsig', 'gpgsig-sha256']

/** The object name of a commit with these bytes, in the repository's hash (40 digits: SHA-1, 64: SHA-256). */
export function commitName(raw: Buffer, digits: number): string {
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`commit ${raw.length}\0`)
    .update(raw)
    .digest('hex')
}

/** Takes the bytes of a commit apart, as git does when it verifies one: by lines, up to the first empty one. */
export function readCommit(raw: Buffer, digits = 40): CommitObject {
  const wanted = digits === 64 ? 'gpgsig-sha256' : 'gpgsig'
  const kept: Buffer[] = []
  const signature: string[] = []
  const people: Record<string, Person | undefined> = {}
  let header = ''
  let at = 0
  while (at < raw.length) {
    const newline = raw.indexOf(0x0a, at)
    const end = newline < 0 ? raw.length : newline + 1
    const line = raw.subarray(at, end)
    if (line.length === 1) break
    at = end
    const text = line.toString('utf8').replace(/\n$/, '')
    if (!text.startsWith(' ')) header = text.slice(0, Math.max(0, text.indexOf(' ')))
    if (header === wanted)
      signature.push(text.startsWith(' ') ? text.slice(1) : text.slice(header.length + 1))
    if (SIGNATURES.includes(header)) continue
    if (header === 'author' || header === 'committer') people[header] ??= readPerson(text)
    kept.push(line)
  }
  return {
    author: people.author,
    committer: people.committer,
    signature: signature.length === 0 ? undefined : `${signature.join('\n')}\n`,
    signed: Buffer.concat([...kept, raw.subarray(at)]),
  }
}

function readPerson(line: string): Person | undefined {
  const [, email, seconds] = /<([^<>]*)> (\d{1,15}) [+-]\d{4}$/.exec(line) ?? []
  return email === undefined ? undefined : { email, time: Number(seconds) * 1000 }
}
