import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'
import { say } from './lib/say.mjs'

/** What the demo agent does: its work, and two things that it must not be able to do. */
const AGENT = `
echo "I am $(id -un), in $(pwd), and my home is $HOME."
echo "Hello from the sandbox." >hello.txt && echo "I wrote hello.txt into my workspace."
sleep 0.5; echo "Reading your key $1:"
cat "$1" && echo "... that should not have been possible."
sleep 0.5; echo "Writing next to it:"
echo oops >"$1.stolen" && echo "... that should not have been possible."
sleep 0.5; echo "Done."
exit 7
`

const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[22m` : text)
const print = (text) => process.stdout.write(`${text}\n`)

/**
 * Shows agentvm's main job on a home of its own: an agent in its sandbox, its log, its record, its end.
 *
 * @param {string[]} missing system packages that could not be installed
 * @returns {Promise<number>} the exit code: 0 if the sandbox held
 */
export async function demo(missing) {
  if (missing.includes('tmux') || missing.includes('bubblewrap')) {
    say("The demo can't run without them.")
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-demo-'))
  const session = new DemoSession(folder)
  try {
    return await session.play()
  } finally {
    await session.agentvm(['purge', '--force'], { stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  }
}

class DemoSession {
  constructor(folder) {
    this.key = join(folder, 'ssh', 'id_ed25519')
    this.home = join(folder, 'home')
    this.signal = undefined
    // Ctrl-C ends the show, not the tidying up after it.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        this.signal ??= signal
      })
    }
  }

  async play() {
    mkdirSync(join(this.key, '..'))
    writeFileSync(this.key, 'THE-SECRET-KEY\n', { mode: 0o600 })
    const steps = [
      ['spawn', 'demo', '--net', 'none', '--', 'sh', '-c', AGENT, 'demo', this.key],
      ['logs', 'demo', '-f'],
      ['info', 'demo'],
      ['wait', 'demo', '--exit-code'],
      ['list'],
    ]
    for (const step of steps) {
      const code = await this.show(step)
      if (this.signal) return 128 + constants.signals[this.signal]
      if (step[0] === 'wait') print(`exit code ${code}`)
      else if (code !== 0) return code
    }
    return this.conclude()
  }

  /** Whether the sandbox held, by what is on the host. */
  conclude() {
    const written = join(this.home, 'workspaces/demo/hello.txt')
    print(`\n${bold(`$ cat ${written}`)}\n${readFileSync(written, 'utf8')}`)
    const log = readFileSync(join(this.home, 'state/demo.log'), 'utf8')
    const held = !log.includes('THE-SECRET-KEY') && !existsSync(`${this.key}.stolen`)
    print(held ? 'The key was not read, and nothing was written outside.' : 'THE SANDBOX DID NOT HOLD.')
    print(NEXT)
    return held ? 0 : 1
  }

  show(args) {
    print(`\n${bold(`$ agentvm ${args.map(shown).join(' ')}`)}`)
    return this.agentvm(args)
  }

  agentvm(args, options = {}) {
    const env = { ...process.env, AGENTVM_HOME: this.home }
    return run([pinnedNode(), join(ROOT, 'bin/run.cjs'), ...args], { env, ...options })
  }
}

const NEXT = `
The demo's agent and its folders are gone again. ${bold('What next')}
  Start an agent of your own:  npm start -- spawn t1 -- bash    then: npm start -- attach t1
  See what works here:         npm start -- doctor
  Put agentvm on your PATH:    npm link
                          or:  mkdir -p ~/.local/bin && ln -sf ${shown(join(ROOT, 'bin/agentvm'))} ~/.local/bin/agentvm
  Then, with Claude Code:      agentvm env set ANTHROPIC_API_KEY && agentvm spawn c1 -p claude-code
`

function shown(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
