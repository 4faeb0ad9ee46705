// A preload (`node --import`) that puts the wall clock elsewhere: by CLOCK_SHIFT_MS, and with CLOCK_WILD back and forth by
// three days every 50 ms. What counts from the start of the machine (timers, performance.now) is as it is.
const RealDate = Date
const shift = Number(process.env.CLOCK_SHIFT_MS ?? 0)
const isWild = process.env.CLOCK_WILD !== undefined
const WILD_MS = 3 * 86_400_000

function now() {
  if (!isWild) return RealDate.now() + shift
  return RealDate.now() + shift + ((Math.floor(performance.now() / 50) % 3) - 1) * WILD_MS
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args))
  }

  static now() {
    return now()
  }
}
