import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './paths.mjs'
import { say } from './say.mjs'

const LOCK = join(ROOT, '.cache', 'setup.lock')
/** Longer than any setup takes: the owner's pid may be another process's by now. */
const TOO_OLD_MS = 30 * 60_000

/** Runs `work` while no other setup of this checkout runs. A lock whose owner has died is broken. */
export async function withSetupLock(work) {
  makeCacheFolder()
  for (let said = false; !tryLock(); said = true) {
    if (!said) say('Another setup is at work here: waiting for it …')
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function makeCacheFolder() {
  try {
    mkdirSync(join(ROOT, '.cache'), { recursive: true })
  } catch (error) {
    throw new Error(`${ROOT} can't be written to (${error.code})`)
  }
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw new Error(`${ROOT} can't be written to (${error.code})`)
    if (isLeftBehind()) breakLock()
    return false
  }
}

function isLeftBehind() {
  const owner = Number(readOwner())
  const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY)
  return (owner > 0 && !isAlive(owner)) || age > TOO_OLD_MS
}

/** By a rename: of two that break the same lock only one can. A live lock that got under it is put back. */
function breakLock() {
  const aside = `${LOCK}.${process.pid}`
  try {
    renameSync(LOCK, aside)
    if (isAlive(Number(readFileSync(aside, 'utf8')))) linkSync(aside, LOCK)
  } catch {
    // Another one was quicker.
  }
  rmSync(aside, { force: true })
}

function readOwner() {
  try {
    return readFileSync(LOCK, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
