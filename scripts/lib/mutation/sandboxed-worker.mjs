import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../paths.mjs'
import { pinnedEnv, pinnedNode } from '../pinned-node.mjs'

/** Nothing that a mutant removes, writes or signals lies outside: the machine is read-only, and its processes aren't there. */
const SANDBOX = [
  ...[
    'bwrap',
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--tmpfs',
    '/run',
  ],
  ...['--unshare-pid', '--unshare-ipc', '--die-with-parent', '--chdir', ROOT],
]

/** Of each property: what a mutant does wrong, it does soon. */
const INPUTS = '60'

/** A process that runs tests against mutants, see worker.mjs, until a mutant ends or hangs it. */
export class SandboxedWorker {
  /** Whether it runs no more. */
  isOver = false
  #child
  #answer = () => {}

  constructor() {
    const [program, ...argv] = [
      ...SANDBOX,
      pinnedNode(),
      '--no-warnings',
      join(import.meta.dirname, 'worker.mjs'),
    ]
    this.#child = spawn(program, argv, {
      stdio: ['ignore', 'ignore', process.env.MUTATION_DEBUG ? 'inherit' : 'ignore', 'ipc'],
      env: pinnedEnv({ NODE_V8_COVERAGE: '', FUZZ_RUNS: INPUTS, FUZZ_SECONDS: '' }),
    })
    this.#child.on('message', (message) => this.#answer(message))
    for (const event of ['error', 'exit']) this.#child.on(event, () => this.#end('its process ended'))
  }

  /** Tells it something. Its answer is `{ failed, isOver: true }` where the process ends, or takes longer than that. */
  async ask(message, longestMs) {
    if (this.isOver) return { failed: 'its process ended', isOver: true }
    const answer = new Promise((resolve) => {
      this.#answer = resolve
    })
    const timer = setTimeout(() => this.#end('it hangs'), longestMs)
    this.#child.send(message, () => {})
    return answer.finally(() => clearTimeout(timer))
  }

  stop() {
    this.#end('it was stopped')
  }

  #end(failed) {
    this.isOver = true
    this.#child.kill('SIGKILL')
    this.#answer({ failed, isOver: true })
  }
}
