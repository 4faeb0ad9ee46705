import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { KeyPair } from './key-pair.ts'
import { allowedSignersLine, encodePrivateKey, publicLine } from './openssh.ts'
import { decodeIdentity, encodeIdentity } from './pkcs8.ts'

/** The folder of an identity below an agent's home, as `gl` has it. */
export const FOLDER = '.gitlawb'
/** No file of an identity is larger. */
const LARGEST_BYTES = 64 * 1024

/** The files of one agent's identity. Never reads or writes through a symlink: an agent can plant one in its home. */
export class IdentityFiles {
  private readonly folder: string

  /** The identity below an agent's home. Throws an `Error` where something that is no folder has its place. */
  constructor(home: string) {
    this.folder = join(home, FOLDER)
    const stats = lstatSync(this.folder, { throwIfNoEntry: false })
    if (stats && !stats.isDirectory()) throw new Error(`${this.folder} is not a folder`)
  }

  /** The key; undefined if there is none. Throws an `Error` on a damaged one. */
  readKey(): KeyPair | undefined {
    const text = this.read('identity.pem')
    if (text === undefined) return undefined
    try {
      return decodeIdentity(text)
    } catch (error) {
      throw new Error(`${join(this.folder, 'identity.pem')} can't be used: ${(error as Error).message}`)
    }
  }

  /** Writes a key as `gl` does, and what git needs to sign with it. */
  writeKey(key: KeyPair): void {
    if (!lstatSync(this.folder, { throwIfNoEntry: false })) mkdirSync(this.folder, { mode: 0o700 })
    this.write('id_ed25519', encodePrivateKey(key))
    this.write('id_ed25519.pub', `${publicLine(key)}\n`)
    this.write('allowed_signers', `${allowedSignersLine(key)}\n`)
    // Last: an identity is there once this is.
    this.write('identity.pem', encodeIdentity(key))
  }

  /** The node that has given a token to this key; undefined if none has. */
  registeredAt(did: string): string | undefined {
    try {
      const value = JSON.parse(this.read('ucan.json') ?? 'null')
      return value?.did === did && typeof value.node === 'string' ? value.node : undefined
    } catch {
      return undefined
    }
  }

  /** Stores a node's token as `gl register` does: keys sorted, two spaces, no final newline. */
  writeToken(did: string, node: string, ucan: string, now = new Date()): void {
    const saved_at = now.toISOString().replace(/(?:\.000)?Z$/, '+00:00')
    this.write('ucan.json', JSON.stringify({ did, node, saved_at, ucan }, null, 2))
  }

  /** Removes the identity. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
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

  /** By a temporary file that nobody else can have made, and a rename, which replaces a symlink instead of following it. */
  private write(name: string, content: string): void {
    const temporary = join(this.folder, `.${name}.${randomBytes(6).toString('hex')}`)
    const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      writeFileSync(fd, content)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, join(this.folder, name))
  }
}
