import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { KeyPair } from './key-pair.ts'
import { decodeIdentity, encodeIdentity } from './pkcs8.ts'

/** No file of an identity is larger. */
const LARGEST_BYTES = 64 * 1024
/** The private key. */
export const KEY = 'identity.pem'
/** The token of the node that knows it. */
export const TOKEN = 'ucan.json'

/** A folder with files of an identity. Never reads or writes through a symlink: an agent can plant one in its home. */
export class IdentityFiles {
  private readonly folder: string

  /** Throws an `Error` where something that is no folder has its place. */
  constructor(folder: string) {
    this.folder = folder
    const stats = lstatSync(folder, { throwIfNoEntry: false })
    if (stats && !stats.isDirectory()) throw new Error(`${folder} is not a folder`)
  }

  /** The key; undefined if there is none. Throws an `Error` on a damaged one. */
  readKey(): KeyPair | undefined {
    const text = this.read(KEY)
    if (text === undefined) return undefined
    try {
      return decodeIdentity(text)
    } catch (error) {
      throw new Error(`${join(this.folder, KEY)} can't be used: ${(error as Error).message}`)
    }
  }

  /** Writes a key as `gl` does. */
  writeKey(key: KeyPair): void {
    this.write(KEY, encodeIdentity(key), true)
  }

  /** The node that has given a token to this key; undefined if none has. */
  registeredAt(did: string): string | undefined {
    try {
      const value = JSON.parse(this.read(TOKEN) ?? 'null')
      return value?.did === did && typeof value.node === 'string' ? value.node : undefined
    } catch {
      return undefined
    }
  }

  /** Stores a node's token as `gl register` does: keys sorted, two spaces, no final newline. */
  writeToken(did: string, node: string, ucan: string, now = new Date()): void {
    const saved_at = now.toISOString().replace(/(?:\.000)?Z$/, '+00:00')
    this.write(TOKEN, JSON.stringify({ did, node, saved_at, ucan }, null, 2))
  }

  /** Copies the token of another folder's identity; removes ours if that has none. */
  copyToken(from: IdentityFiles): void {
    const text = from.read(TOKEN)
    if (text === undefined) this.remove([TOKEN])
    else this.write(TOKEN, text)
  }

  /** Removes some of the files. */
  remove(names: readonly string[]): void {
    for (const name of names) rmSync(join(this.folder, name), { recursive: true, force: true })
  }

  /** By a temporary file that nobody else can have made, and a rename, which replaces a symlink instead of following it. */
  write(name: string, content: string, durable = false): void {
    if (!lstatSync(this.folder, { throwIfNoEntry: false })) {
      mkdirSync(this.folder, { mode: 0o700, recursive: true })
    }
    this.removeStale(name)
    const temporary = join(this.folder, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}`)
    try {
      const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
      try {
        writeFileSync(fd, content)
        if (durable) fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      renameSync(temporary, join(this.folder, name))
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  }

  /** Removes what a writer of this file has left that was killed: it may be a whole key. */
  private removeStale(name: string): void {
    for (const entry of readdirSync(this.folder)) {
      const pid =
        entry.startsWith(`.${name}.`) && /^\.(\d+)\.[0-9a-f]{8}$/.exec(entry.slice(name.length + 1))?.[1]
      if (pid && isGone(Number(pid))) rmSync(join(this.folder, entry), { force: true })
    }
  }

  private read(name: string): string | undefined {
    let fd: number
    try {
      fd = openSync(join(this.folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile() || stats.size > LARGEST_BYTES)
        throw new Error(`${name} is not a file of an identity`)
      return readFileSync(fd, 'utf8')
    } finally {
      closeSync(fd)
    }
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
