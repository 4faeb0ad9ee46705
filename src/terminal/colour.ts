/** Writes text in a colour, or as it is. */
type Paint = (text: string) => string

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const

/** The colours by name. */
export type Colours = Record<keyof typeof CODES, Paint>

/** Whether to write colours: FORCE_COLOR decides, then NO_COLOR, then whether the stream is a terminal. */
export function wantsColour(
  stream: { isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return !env.NO_COLOR && env.TERM !== 'dumb' && stream.isTTY === true
}

/** Colours for a stream; each leaves the text as it is where colours aren't wanted. */
export function coloursFor(
  stream: { isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Colours {
  const on = wantsColour(stream, env)
  const paints = Object.entries(CODES).map(([name, [open, close]]): [string, Paint] => [
    name,
    on ? (text) => `\x1b[${open}m${text}\x1b[${close}m` : (text) => text,
  ])
  return Object.fromEntries(paints) as Colours
}
