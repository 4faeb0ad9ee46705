import { UserError } from '../../errors.ts'

/** What a terminal does by itself with what is typed into it, as its program has set it. */
export interface TerminalMode {
  /** Its program leaves line editing to the kernel, as `cat` and `read` do, and doesn't read key by key, as TUIs and shells do. */
  takesLines: boolean
  /** Ctrl-C and the like end or stop its program. */
  takesSignals: boolean
  /** Ctrl-S and Ctrl-Q stop its output. */
  takesStops: boolean
}

/** Longest line that a terminal in line mode takes, with its newline (N_TTY_BUF_SIZE). The kernel drops the rest. */
const LONGEST_LINE = 4095

/** INTR, SUSP and QUIT. */
const SIGNALS = '\x03\x1a\x1c'
/** START and STOP. */
const STOPS = '\x11\x13'
/** EOF, REPRINT, KILL, LNEXT, WERASE and ERASE. */
const EDITS = '\x04\x12\x15\x16\x17\x7f'
/** Ends a paste: what comes after it would be keys. */
const PASTE_END = '\x1b[201~'

/** One byte for each end of a line: a paste makes two of CR and LF. */
export function withNewlines(bytes: Buffer): Buffer {
  if (!bytes.includes(13)) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll(/\r\n?/g, '\n'), 'latin1')
}

/** Throws a {@link UserError}, with the line, if something in a text wouldn't reach the program of that agent as it is. */
export function refuseUntypable(name: string, bytes: Buffer, mode: TerminalMode): void {
  const keys = keysOf(mode)
  const anyKey = new RegExp(keys === '' ? '(?!)' : `[${keys}]`)
  const fix = `leave it out, or put the text into a file in the workspace; 'agentvm tmux ${name} send-keys' presses keys`
  for (const [index, line] of bytes.toString('latin1').split('\n').entries()) {
    if (mode.takesLines && line.length > LONGEST_LINE) {
      throw new UserError(
        `line ${index + 1} has ${line.length} bytes; the program of agent '${name}' reads whole lines, and a terminal cuts those at ${LONGEST_LINE}`,
        { fix: 'break the line, or put the text into a file in the workspace' },
      )
    }
    if (!mode.takesLines && line.includes(PASTE_END))
      throw new UserError(`line ${index + 1} has the characters that end a paste (ESC [201~)`, { fix })
    const [key] = anyKey.exec(line) ?? []
    if (key === undefined) continue
    const caret = `^${String.fromCharCode(key.charCodeAt(0) ^ 0x40)}`
    throw new UserError(
      `line ${index + 1} has the control character ${caret}, which the terminal of agent '${name}' takes for a key`,
      { fix },
    )
  }
}

function keysOf({ takesLines, takesSignals, takesStops }: TerminalMode): string {
  return (takesSignals ? SIGNALS : '') + (takesStops ? STOPS : '') + (takesLines ? EDITS : '')
}
