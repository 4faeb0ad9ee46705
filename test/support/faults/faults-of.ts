import { canFail } from './can-fail.mjs'
import type { EndingSignal, Fault } from './faulty-home.ts'

/** From there on the disk takes nothing more, or that one time only. */
export const DISK_ERRORS: readonly Omit<Fault, 'at'>[] = [
  { kind: 'ENOSPC', stays: true },
  { kind: 'EIO' },
  { kind: 'EROFS', stays: true },
  { kind: 'EMFILE' },
  { kind: 'EDQUOT', stays: true },
]

const nameOf = (effect: string) => effect.split(' ')[1] ?? ''

/** Each of these errors at each of these effects that it can come from. */
export function diskFaults(effects: readonly string[], errors: readonly Omit<Fault, 'at'>[]): Fault[] {
  return effects.flatMap((effect, index) =>
    errors.filter(({ kind }) => canFail(kind, nameOf(effect))).map((error) => ({ at: index + 1, ...error })),
  )
}

/** A kill at each of these effects, in the middle of each write, and right after each start of a child. */
export function killFaults(effects: readonly string[]): Fault[] {
  return effects.flatMap((effect, index): Fault[] => {
    const at = index + 1
    return /^(?:write|spawn)/.test(nameOf(effect))
      ? [
          { at, kind: 'kill' },
          { at, kind: 'torn' },
        ]
      : [{ at, kind: 'kill' }]
  })
}

const SIGNALS: readonly EndingSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** A signal to end at each of these effects, the three of them in turn: whoever handles one is to handle all. */
export function signalFaults(effects: readonly string[]): Fault[] {
  return effects.map((_, index) => ({ at: index + 1, kind: SIGNALS[index % SIGNALS.length] ?? 'SIGINT' }))
}

/** Whether it is a signal to end. */
export function isSignal(kind: Fault['kind']): kind is EndingSignal {
  return SIGNALS.some((signal) => signal === kind)
}
