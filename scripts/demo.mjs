import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'

/** What the demo agent does: its work, and two things that it must not be able to do. */
const AGENT = `
echo "I am $(id -un), in $(pwd), and my home is $HOME."
echo "Hello from the sandbox." >hello.txt && echo "I wrote hello.txt into my workspace."
echo "Reading your key $1:"
cat "$1" && echo "… that should not have been possible."
echo "Writing next to it:"
echo oops >"$1.stolen" && echo "… that should not have been possible."
echo "Done."
exit 7
`

const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[22m` : text)

/**
 * Shows agentvm's main job on a home of its own: an agent in its sandbox, its log, its record, its end.
 *
 * @param {string[]} missing system packages that could not be installed
 * @returns {Promise<number>} the exit code: 0 if the sandbox held
 */
export async function demo(missing) {
  if (missing.includes('tmux') || (missing.includes('bubblewrap') && process.platform === 'linux')) return 1
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-demo-'))
  const key = join(folder, 'ssh', 'id_ed25519')
  const env = { ...process.env, AGENTVM_HOME: join(folder, 'home') }
  const agentvm = (...args) => run([pinnedNode(), join(ROOT, 'bin/run.js'), ...args], { env })
  const show = async (...args) => {
    process.stdout.write(`\n${bold(`$ agentvm ${args.map(shown).join(' ')}`)}\n`)
    return agentvm(...args)
  }
  try {
    mkdirSync(join(folder, 'ssh'))
    writeFileSync(key, 'THE-SECRET-KEY\n', { mode: 0o600 })
    let code = await show('spawn', 'demo', '--net', 'none', '--', 'sh', '-c', AGENT, 'demo', key)
    if (code !== 0) return code
    await show('logs', 'demo', '-f')
    await show('info', 'demo')
    code = await show('wait', 'demo', '--exit-code')
    process.stdout.write(`exit code ${code}\n`)
    await show('list')
    const log = readFileSync(join(folder, 'home/state/demo.log'), 'utf8')
    const held = code === 7 && !log.includes('THE-SECRET-KEY') && !existsSync(`${key}.stolen`)
    const written = readFileSync(join(folder, 'home/workspaces/demo/hello.txt'), 'utf8')
    process.stdout.write(`\nOn the host, in the agent's workspace: hello.txt: ${written}`)
    process.stdout.write(
      held ? 'The key was not read, and nothing was written outside.\n' : 'THE SANDBOX DID NOT HOLD.\n',
    )
    await show('purge', '--force')
    process.stdout.write(NEXT)
    return held ? 0 : 1
  } finally {
    await run([pinnedNode(), join(ROOT, 'bin/run.js'), 'purge', '--force'], { env, stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  }
}

const NEXT = `
${bold('What next')}
  Put agentvm on your PATH:   npm link
                         or:  mkdir -p ~/.local/bin && ln -sf ${JSON.stringify(join(ROOT, 'bin/agentvm'))} ~/.local/bin/agentvm
  See what works here:        agentvm doctor
  Start an agent of yours:    agentvm env set ANTHROPIC_API_KEY && agentvm spawn c1 -p claude-code
  Or without installing:      npm start -- spawn t1 -- bash    then: npm start -- attach t1
`

function shown(word) {
  if (word.includes('\n')) return "'…'"
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`
}
