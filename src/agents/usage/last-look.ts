import { join } from 'node:path'
import { makePrivateDir, readIfExists, writeFileAtomic } from '../../system/files.ts'
import { bootId } from '../../system/processes.ts'
import type { Context } from '../context.ts'
import type { MeterLook } from './usage-meter.ts'

/** A look at agents' CPU times is worth comparing with for so long: who asks again and again sees the time in between. */
const GOOD_FOR_MS = 3_000

const FILE = 'last-look.json'

/** The look that an earlier command took at this home's agents, at least `leastMs` ago and not long before that; undefined if there is none. */
export function rememberedLook({ home }: Context, now: number, leastMs: number): MeterLook | undefined {
  try {
    const { boot, at, cpuMs } = JSON.parse(readIfExists(join(home.cache, FILE)) ?? '{}')
    const age = now - at
    if (boot !== bootId() || !(age >= leastMs && age <= GOOD_FOR_MS)) return undefined
    return { at, cpuMs: new Map(Object.entries<number>(cpuMs)) }
  } catch {
    return undefined
  }
}

/** Keeps a look for the next command. One that can't be kept isn't missed. */
export function rememberLook({ home }: Context, { at, cpuMs }: MeterLook): void {
  try {
    makePrivateDir(home.cache)
    const look = { boot: bootId(), at, cpuMs: Object.fromEntries(cpuMs) }
    writeFileAtomic(join(home.cache, FILE), JSON.stringify(look), { durable: false })
  } catch {
    // A full disk, or one that can't be written.
  }
}
