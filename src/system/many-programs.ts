import { type ChildProcess, spawn } from 'node:child_process'
import { shellJoin, shellQuote } from './shell-words.ts'

/** One program for a {@link ManyPrograms}. */
export interface ShortProgram {
  argv: readonly [string, ...string[]]
  /** What its environment has besides that of all. */
  env: Record<string, string>
  cwd: string
  /** Bytes for standard input; none otherwise. */
  input?: Uint8Array | undefined
}

/** How such a program ended. */
export interface ShortResult {
  exitCode: number
  /** What it printed on both its streams, without the last newlines. */
  output: string
  /** Why the shell that was to start it isn't there. */
  cause?: Error
}

/** Ends a result: a control character that no program of ours prints. */
const END = '\x1e'

/** Larger input is for Node's own means: the shell would hold it whole. */
const LARGEST_INPUT = 65_536

/**
 * Starts short programs by one shell. To fork Node, with all its memory, takes milliseconds each time; to fork a shell,
 * a fraction of one. What the programs are given comes to the shell by its standard input: it is in no command line but
 * their own.
 */
export class ManyPrograms {
  private readonly shell: ChildProcess
  private readonly waiting = new Map<string, (result: ShortResult) => void>()
  private next = 0
  private unread = ''
  private failure: Error | undefined

  /** `env`: the environment of all. */
  constructor(env: Record<string, string>) {
    // In a session of its own: Ctrl-C is for us to hear.
    this.shell = spawn('/bin/sh', ['-s'], {
      env,
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.shell.stdin?.on('error', () => {})
    this.shell.stdout?.setEncoding('utf8').on('data', (text: string) => this.take(text))
    this.shell.on('error', (error) => this.fail(error))
    this.shell.on('close', () => this.fail())
  }

  /** Whether it can start that program: a shell passes no NUL byte on. */
  static takes({ argv, input }: Pick<ShortProgram, 'argv' | 'input'>): boolean {
    if (argv.some((word) => word.includes('\0'))) return false
    return input === undefined || (input.length <= LARGEST_INPUT && !input.includes(0))
  }

  /** Runs a program to its end. Exit code -1 where the shell has gone. */
  run({ argv, env, cwd, input }: ShortProgram): Promise<ShortResult> {
    const id = String(this.next++)
    const variables = Object.entries(env).map(([name, value]) => `${name}=${shellQuote(value)} `)
    const command = Buffer.from(`${variables.join('')}${shellJoin(argv)} 2>&1`)
    const given = input === undefined ? [] : ['printf %s ', quoteBytes(input), ' | ']
    const parts = [
      `( exec </dev/null; cd ${shellQuote(cwd)} && o=$(`,
      ...[...given, command],
      `); printf '%s %s\\n%s\\036' ${id} $? "$o" ) &\n`,
    ]
    return new Promise((resolve) => {
      this.waiting.set(id, resolve)
      if (this.shell.exitCode !== null || this.failure) return this.fail()
      this.shell.stdin?.write(Buffer.concat(parts.map((part) => Buffer.from(part))))
    })
  }

  /** Lets the shell go, once what it runs has ended. */
  close(): void {
    this.shell.stdin?.end()
  }

  private take(text: string): void {
    const results = `${this.unread}${text}`.split(END)
    this.unread = results.pop() ?? ''
    for (const result of results) {
      const [, id = '', code, output = ''] = /^(\d+) (\d+)\n([\s\S]*)$/.exec(result) ?? []
      this.waiting.get(id)?.({ exitCode: Number(code), output })
      this.waiting.delete(id)
    }
  }

  private fail(error?: Error): void {
    this.failure ??= error
    const cause = this.failure ? { cause: this.failure } : {}
    for (const resolve of this.waiting.values())
      resolve({ exitCode: -1, output: 'the shell has ended', ...cause })
    this.waiting.clear()
  }
}

/** Bytes as one word of the shell. */
function quoteBytes(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes).toString('latin1').replaceAll("'", `'\\''`)
  return Buffer.from(`'${text}'`, 'latin1')
}
