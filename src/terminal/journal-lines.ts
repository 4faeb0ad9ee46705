import { type Colours, coloursFor } from './colour.ts'
import { sanitizeLine } from './sanitize.ts'
import { textWidth, truncateText } from './width.ts'

const EVENT_WIDTH = 7
const NAME_WIDTH = 16

const EVENT_COLOUR: ReadonlyMap<string, keyof Colours> = new Map([
  ['spawn', 'green'],
  ['restart', 'green'],
  ['kill', 'yellow'],
  ['lost', 'red'],
  ['purge', 'red'],
])

/** Writes entries of the journal: aligned, coloured and cut to a terminal's width, or with tabs as in the file. */
export function journalLines(
  entries: readonly { time: string; event: string; name: string; detail: string }[],
  stream: { isTTY?: boolean; columns?: number },
): string {
  const colours = coloursFor(stream)
  return entries
    .map((entry) => {
      const [time, event, name, detail] = [entry.time, entry.event, entry.name, entry.detail].map(
        sanitizeLine,
      ) as [string, string, string, string]
      if (!stream.isTTY) return `${[time, event, name, detail].join('\t')}\n`
      const head = `${time}  ${pad(event, EVENT_WIDTH)}  ${pad(name, NAME_WIDTH)}  `
      const paint = colours[EVENT_COLOUR.get(event) ?? 'dim']
      const room = (stream.columns ?? 80) - textWidth(head)
      return `${colours.dim(time)}  ${paint(pad(event, EVENT_WIDTH))}  ${pad(name, NAME_WIDTH)}  ${truncateText(detail, Math.max(10, room))}\n`
    })
    .join('')
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}
