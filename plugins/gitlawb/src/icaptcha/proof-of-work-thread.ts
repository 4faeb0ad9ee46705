import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { Work } from './proof-of-work.ts'

const { challenge, difficulty } = workerData as Work
const LAST = 2 ** 26

for (let counter = 0; counter <= LAST; counter += 1) {
  const nonce = counter.toString(16)
  const hash = createHash('sha256').update(`${challenge}:${nonce}`).digest()
  if (Math.clz32(hash.readUInt32BE(0)) >= difficulty) {
    parentPort?.postMessage(nonce)
    break
  }
}
