import { isMainThread, Worker, workerData } from 'node:worker_threads'

const LOOK_EVERY_MS = 50

/** By when, in milliseconds of processor time that this process has used, it ends. */
const limit = new Float64Array(isMainThread ? new SharedArrayBuffer(8) : workerData)

const usedMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

if (isMainThread) {
  limit[0] = Infinity
  new Worker(new URL(import.meta.url), { workerData: limit.buffer, execArgv: [] }).unref()
} else {
  setInterval(() => {
    if (usedMs() > limit[0]) process.kill(process.pid, 'SIGKILL')
  }, LOOK_EVERY_MS)
}

/** Ends this process once it has used so much more processor time, also where it loops for ever. */
export function endAfterCpuMs(ms) {
  limit[0] = usedMs() + ms
}
