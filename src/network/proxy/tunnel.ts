import type { Duplex } from 'node:stream'

/** Passes bytes on both ways until both sides have ended; each may end its own direction first. */
export function tunnel(client: Duplex, remote: Duplex): void {
  join(client, remote)
  join(remote, client)
}

function join(from: Duplex, to: Duplex): void {
  from.on('error', () => to.destroy())
  from.on('close', () => {
    // Closed without an end: what is on its way still goes out, then it is over.
    if (to.writableLength === 0) to.destroy()
    else to.end(() => to.destroy())
  })
  from.pipe(to)
}
