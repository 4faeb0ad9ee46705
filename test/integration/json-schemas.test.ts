import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type CliResult, TestHome, until } from '../support/agentvm.ts'
import { ROOT } from '../support/cli-installed.ts'
import { CliWorker } from '../support/cli-worker.ts'
import { SCHEMAS, schemaProblem } from '../support/output-schema.ts'

const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, { enableJsonFlag: boolean }>
}

/** Commands whose real output is held against its schema where it can be had: in upgrade.test.ts, profile-clis.test.ts and identity-commands.test.ts. */
const UNSEEN = [
  ...['upgrade', 'profiles:install', 'profiles:uninstall', 'profiles:update'],
  ...['identity:backup', 'identity:restore', 'identity:sign', 'identity:verify'],
]

/** Where a new plugin is written. */
const WRITTEN = join(mkdtempSync(join(tmpdir(), 'agentvm-new-')), 'plugin')

/** Every command with real arguments, in an order in which each finds what it needs. */
const CALLS: [id: string, ...args: string[]][] = [
  ['spawn', 'live', '--tag', 'role=test', '--', 'sh', '-c', 'echo hello; exec cat'],
  ['spawn', 'ended', '--', 'sh', '-c', 'echo x >new; echo y >>seed; exit 3'],
  ['spawn', 'killed', '--sandbox', 'none', '--', 'cat'],
  ['spawn', 'planned', '--dry-run', '--tag', 'a=b', '--', 'cat'],
  ['wait', 'ended'],
  ['run', '--', 'echo', 'hello'],
  ['kill', 'killed'],
  ['kill', 'killed', 'ended'],
  ['list'],
  ['list', '--status', 'dead'],
  ['info', 'live'],
  ['info', 'ended'],
  ['ps', '--all', '--pss'],
  ['stats'],
  ['activity:explain', 'live'],
  ['logs', 'live'],
  ['logs', 'live', 'ended'],
  ['logs', 'live', '--screen'],
  ['send', 'live', join(ROOT, 'package.json'), '--no-enter'],
  ['exec', 'live', 'hello'],
  ['exec', '--tag', 'role=test', 'hello'],
  ['broadcast', 'hello'],
  ['queue:list'],
  ['queue:remove', 'live', '--all'],
  ['net', 'live'],
  ['net', 'live', '--allow', 'example.org'],
  ['net', 'live', '--log'],
  ['watch', '-n', '1'],
  ['open', 'live', '--print'],
  ['policy', 'live'],
  ['policy:explain', 'live', 'write', '/workspace/x'],
  ['policy:explain', 'live', 'connect', 'example.org'],
  ['diff', 'ended'],
  ['diff', 'repo'],
  ['history'],
  ['restart', 'ended'],
  ['restart', 'ended', 'killed'],
  ['up'],
  ['up', '--dry-run'],
  ['swarm', 'many', '2', '--dry-run', '--', 'cat'],
  ['swarm', 'many', '2', '--', 'cat'],
  ['env:set', 'SOME_KEY=some-value'],
  ['env:list'],
  ['env:get', 'SOME_KEY'],
  ['env:path'],
  ['env:unset', 'SOME_KEY'],
  ['config:set', 'AGENTVM_KILL_GRACE=2'],
  ['config:list'],
  ['config:get', 'AGENTVM_KILL_GRACE'],
  ['config:path'],
  ['config:unset', 'AGENTVM_KILL_GRACE'],
  ['keys'],
  ['profiles'],
  ['profiles:show', 'claude-code'],
  ['sandboxes'],
  ['plugins', '--core'],
  ['plugins:inspect', '@agentvm/profile-codex'],
  ['plugins:install', './test/fixtures/plugin'],
  ['plugins:update'],
  ['plugins:uninstall', 'fixture-plugin'],
  ['plugins:new', 'hook', 'written', '--dir', WRITTEN],
  ['plugins:link', './test/fixtures/plugin'],
  ['plugins:reset', '--force'],
  ['identity:list'],
  ['identity:show', 'identified'],
  ['identity:register', 'identified'],
  ['identity:rotate', 'identified'],
  ['identity:export'],
  ['identity:revoke', 'identified', '--force'],
  ['commands', '--hidden'],
  ['doctor'],
  ['root'],
  ['version'],
  ['exit-codes'],
  ['verify', 'repo'],
  ['provenance:list'],
  ['provenance:show', 'repo'],
  ['provenance:key'],
  ['provenance:export', 'repo'],
  ['clone', 'repo', 'copied'],
  ['rename', 'copied', 'renamed'],
  ['killall', '--tag', 'role=test', '--force'],
  ['clean', '--dry-run'],
  ['clean'],
  ['clean', '--force', 'renamed'],
  ['trash:list'],
  ['trash:restore', 'renamed'],
  ['trash:empty', '--force'],
  ['error', 'info', 'nobody'],
  ['error', 'list', '--nonsense'],
  ['purge', '--force'],
]

describe('the JSON Schemas of --json', () => {
  const withJson = Object.entries(MANIFEST.commands)
    .filter(([, { enableJsonFlag }]) => enableJsonFlag)
    .map(([id]) => id)

  it('are published for each command that has it', () => {
    const published = readdirSync(SCHEMAS).map((file) => file.replace('.schema.json', ''))
    const wanted = [...withJson.map((id) => id.replaceAll(':', '-')), 'error']
    assert.deepEqual(published.sort(), wanted.sort(), 'each has its schema in src/json-schemas/index.ts')
  })

  it('are all held against real output here', () => {
    const called = new Set(CALLS.map(([id]) => id))
    assert.deepEqual(
      withJson.filter((id) => !called.has(id) && !UNSEEN.includes(id)),
      [],
    )
  })

  it('say what the commands really print, and leave out no key', async function () {
    this.timeout(480_000)
    const home = new TestHome()
    let cli: CliWorker | undefined
    try {
      await seed(home)
      cli = await CliWorker.start(home.path)
      const problems: string[] = []
      for (const [id, ...args] of CALLS) {
        const { stdout, stderr } =
          id === 'watch' ? await firstLine(home, argv(id, args)) : await cli.run(...argv(id, args))
        // One event a line.
        for (const output of id === 'run' ? stdout.trim().split('\n') : [stdout]) {
          const problem = schemaProblem(id, output)
          if (problem) problems.push(`${id} ${args.join(' ')}: ${problem}\n${stdout}${stderr}`)
        }
      }
      assert.deepEqual(problems, [])
    } finally {
      cli?.stop()
      await home.remove()
      rmSync(dirname(WRITTEN), { recursive: true, force: true })
    }
  })
})

/** Workspaces to compare, and an agent whose identity is on record. */
async function seed(home: TestHome): Promise<void> {
  mkdirSync(home.file('workspaces', 'ended'), { recursive: true })
  writeFileSync(home.file('workspaces', 'ended', 'seed'), 'x\n')
  const commit = 'git -c user.name=n -c user.email=a@b commit -qm first'
  await home.ok(
    'spawn',
    'repo',
    '--',
    'sh',
    '-c',
    `git init -q . && echo x >.envrc && git add . && ${commit}; mkfifo pipe`,
  )
  await home.ok('spawn', 'identified', '--', 'true')
  await home.ok('wait', 'repo', 'identified')
  const state = home.file('state', 'identified.env')
  const text = readFileSync(state, 'utf8')
    .replace(/^AGENT_GITLAWB=.*$/m, "AGENT_GITLAWB='true'")
    .replace(/^AGENT_GITLAWB_DID=.*$/m, "AGENT_GITLAWB_DID='did:key:z6Mk'")
  writeFileSync(state, text)
}

/** A command that goes on until it is interrupted. */
async function firstLine(home: TestHome, args: string[]): Promise<CliResult> {
  const child = home.start(args)
  let stdout = ''
  child.stdout?.on('data', (text) => {
    stdout += text
  })
  await until(() => stdout.includes('\n'), 'the first snapshot')
  child.kill('SIGINT')
  await once(child, 'close')
  return { code: 0, stdout: stdout.split('\n')[0] ?? '', stderr: '' }
}

/** `--json` goes before the arguments: `exec` types what follows the name. */
function argv(id: string, args: string[]): string[] {
  const [first = '', ...rest] = args
  return id === 'error' ? [first, '--json', ...rest] : [...id.split(':'), '--json', ...args]
}
