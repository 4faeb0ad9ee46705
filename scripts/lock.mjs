import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root, SetupError, say, writable } from './root.mjs'

const LOCK = join(root, '.cache/setup.lock')
/** Longer than any setup takes: a lock this old was left behind on another machine or before a restart. */
const TOO_OLD_MS = 30 * 60_000

/** Runs `work` while no other setup of this repository runs, and waits for its turn. */
export async function withLock(work) {
  if (!writable(dirname(LOCK))) throw new SetupError(`${root} is not writable, and isn't set up yet`)
  mkdirSync(dirname(LOCK), { recursive: true })
  for (let told = false; !take(); told = true) {
    if (!told) say('Another setup of this repository is running; waiting for it …')
    await sleep(100)
  }
  const release = () => rmSync(LOCK, { recursive: true, force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

/** Making a folder is atomic: one of two wins. */
function take() {
  try {
    mkdirSync(LOCK)
    writeFileSync(join(LOCK, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isLeftBehind()) removeAtomically()
    return false
  }
}

function isLeftBehind() {
  try {
    const age = Date.now() - statSync(LOCK).mtimeMs
    const pid = Number(readFileSync(join(LOCK, 'pid'), 'utf8'))
    return age > TOO_OLD_MS || (pid > 0 && !isAlive(pid))
  } catch {
    return false // It is being made or removed just now.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function removeAtomically() {
  const aside = `${LOCK}.${process.pid}`
  try {
    renameSync(LOCK, aside)
    rmSync(aside, { recursive: true, force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error // Another one has removed it.
  }
}
