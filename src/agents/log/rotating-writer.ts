import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { ROTATED } from './rotation.ts'

/** Appends to a log, and rotates it when it has reached its size. For runs, whose output passes through us. */
export class RotatingWriter {
  private readonly path: string
  private readonly mostBytes: number
  private fd: number
  private size: number

  /** `mostBytes` 0: never rotates. */
  constructor(path: string, mostBytes: number) {
    this.path = path
    this.mostBytes = mostBytes
    this.fd = openSync(path, 'a', 0o600)
    this.size = fstatSync(this.fd).size
  }

  write(chunk: Buffer): void {
    if (this.mostBytes > 0 && this.size > 0 && this.size + chunk.length > this.mostBytes) this.rotate()
    for (let at = 0; at < chunk.length; ) at += writeSync(this.fd, chunk, at)
    this.size += chunk.length
  }

  close(): void {
    closeSync(this.fd)
  }

  private rotate(): void {
    renameSync(this.path, `${this.path}${ROTATED}`)
    closeSync(this.fd)
    this.fd = openSync(this.path, 'a', 0o600)
    this.size = 0
  }
}
