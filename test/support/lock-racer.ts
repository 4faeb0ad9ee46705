import { mkdirSync, rmdirSync } from 'node:fs'
import { withLock } from '../../src/system/lock.ts'

// A process that takes one lock after the other, from the moment on that its first argument says, in milliseconds since
// 1970, and prints each that it didn't have alone.
const [at = '0', ...locks] = process.argv.slice(2)
const spin = (until: number) => {
  while (performance.timeOrigin + performance.now() < until);
}

spin(Number(at))
for (const lock of locks) {
  await withLock(lock, () => {
    try {
      mkdirSync(`${lock}.inside`)
    } catch {
      process.stdout.write(`${lock}\n`)
      return
    }
    spin(performance.timeOrigin + performance.now() + 0.3)
    rmdirSync(`${lock}.inside`)
  })
}
