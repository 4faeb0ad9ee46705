import { Worker } from 'node:worker_threads'

/** Work that the service asks for besides the answer. */
export interface Work {
  challenge: string
  /** Leading zero bits that the hash must have. */
  difficulty: number
}

/** Most bits that are tried: 2^26 hashes take about a minute. */
const MOST_BITS = 26

/**
 * The smallest counter, in hex, whose hash with the challenge has the zero bits, found on another thread. Throws an
 * `Error` for more bits than can be found in reasonable time, and on abort.
 */
export async function proofOfWork(work: Work, signal: AbortSignal): Promise<string> {
  if (!(work.difficulty >= 0 && work.difficulty <= MOST_BITS)) {
    throw new Error(`the iCaptcha service asks for ${work.difficulty} bits of work, more than can be done`)
  }
  if (work.difficulty === 0) return '0'
  signal.throwIfAborted()
  const file = import.meta.filename.replace(/proof-of-work\.(ts|js)$/, 'proof-of-work-thread.$1')
  const worker = new Worker(file, { workerData: work })
  const stop = () => worker.terminate()
  signal.addEventListener('abort', stop)
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
      worker.on('exit', () => reject(signal.reason ?? new Error('no proof of work was found')))
    })
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
