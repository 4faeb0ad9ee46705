import { existsSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Home } from '../../settings/home.ts'
import { readIfExists, writeFileAtomic } from '../../system/files.ts'
import { isOwnerAlive, ownIdentity } from '../../system/processes.ts'
import { CONTROL_SOCKET, OTHER_VERSION, PID_FILE } from '../control.ts'
import { listenForControl } from './control-server.ts'
import { AgentProxy } from './proxy.ts'
import { systemResolver } from './resolve.ts'

/** Milliseconds between looks at which agents still live. */
const SWEEP_MS = 2_000
/** Looks in a row without an agent after which the proxy ends. */
const IDLE_LOOKS = 5

const home = new Home()
const proxy = new AgentProxy(home, systemResolver)
const control = join(home.proxySockets, CONTROL_SOCKET)
const pidFile = join(home.proxy, PID_FILE)
const starter = process.argv[2] ?? ''
let idleLooks = 0

await listenForControl(control, async (request) => {
  // The home was moved, and we would go on in its old place: to be replaced.
  if (!existsSync(control)) return { ok: false, problem: OTHER_VERSION }
  if (request.op === 'stop') setImmediate(end)
  else idleLooks = 0
  return proxy.handle(request)
})
writeFileAtomic(pidFile, ownIdentity())

setInterval(() => {
  idleLooks = proxy.sweep() > 0 || isOwnerAlive(starter) ? 0 : idleLooks + 1
  if (idleLooks >= IDLE_LOOKS) end()
}, SWEEP_MS)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
// The starter waits for this line, and doesn't read on.
writeSync(1, 'ready\n')

/** An agent that still runs has its folder mounted: it stays. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {}
}

function end(): void {
  proxy.close()
  // A proxy that has been replaced must not take its successor's files away.
  if (readIfExists(pidFile) === ownIdentity()) {
    rmSync(control, { force: true })
    rmSync(pidFile, { force: true })
    removeIfEmpty(home.proxySockets)
  }
  process.exit(0)
}
