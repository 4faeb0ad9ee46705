import type { Duplex } from 'node:stream'

/** Passes bytes on both ways until both sides have ended; each may end its own direction first. */
export function tunnel(client: Duplex, remote: Duplex): void {
  join(client, remote)
  join(remote, client)
}

/** Bytes after which what they came in is given back. */
const COLLECT_AFTER = 2 * 1024 * 1024
let passed = 0

/**
 * Counts bytes that went through. Each piece of 64 KiB is a small object to the garbage collector, which would let
 * hundreds of megabytes pass before it looks: it is told to, where the process was started so that it can be.
 */
export function countBytes({ length }: Buffer): void {
  passed += length
  if (passed < COLLECT_AFTER) return
  passed = 0
  globalThis.gc?.({ type: 'minor', execution: 'sync' })
}

function join(from: Duplex, to: Duplex): void {
  from.on('error', () => to.destroy())
  from.on('close', () => {
    // Closed without an end: what is on its way still goes out, then it is over.
    if (to.writableLength === 0) to.destroy()
    else to.end(() => to.destroy())
  })
  from.on('data', countBytes)
  from.pipe(to)
}
