import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './paths.mjs'
import { say } from './say.mjs'

const LOCK = join(ROOT, '.cache', 'setup.lock')

/** Runs `work` while no other setup of this checkout runs. A lock whose owner has died is broken. */
export async function withSetupLock(work) {
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
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

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const owner = Number(readOwner())
    if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { force: true })
    return false
  }
}

function readOwner() {
  try {
    return readFileSync(LOCK, 'utf8')
  } catch {
    return ''
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
