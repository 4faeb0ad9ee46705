import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CliResult, outcome, RUN_JS, TestHome, UNBUNDLED_JS } from '../support/agentvm.ts'
import { linkPlugins } from '../support/linked-plugins.ts'
import { testPlugin } from '../support/plugin.ts'

/** A plugin with commands and hooks, one whose files are not those of a plugin, and one whose hook throws. */
const GREETER = testPlugin('greeter', {
  commands: ['greet:world'],
  profiles: ['greeting'],
  hooks: {
    'agentvm:spawn:before': `export default async ({ plan }) => ({ tags: { ...plan.tags, greeted: plan.name } })`,
    init: `export default async () => console.error('never called')`,
  },
})
const BROKEN = testPlugin('broken', { fields: { oclif: 'nothing' } })
const LYING = (name: string) =>
  testPlugin(name, {
    profiles: ['lie'],
    hooks: { 'agentvm:profiles': "export default () => { throw new Error('out of order') }" },
  })

const CALLS = [
  ...[
    ['ls', '-h'],
    ['kill', '-h'],
    ['commands', '--json'],
    ['completion', 'zsh'],
  ],
  ...[[], ['-h'], ['spawn', '-h'], ['config'], ['help', 'nonsense'], ['lisst'], ['config', 'lost']],
  ...[['list', '--nope'], ['info'], ['-v'], ['list', '--json'], ['list', '--nope', '--json'], ['stats']],
  ...[
    ['info', 'none', '--json'],
    ['profiles', 'show', 'aider', '--json'],
    ['config', 'get', 'NOPE'],
  ],
  ...[
    ['plugins', '--core', '--json'],
    ['plugins', 'inspect', '@agentvm/sandbox-bwrap', '--json'],
  ],
  ...[
    ['plugins', 'install', './absent'],
    ['run', '--net', 'none', '--', 'sh', '-c', 'exit 7'],
  ],
  ...[
    ['run', '-p', 'nope', '--json'],
    ['spawn', 'x', '--net', 'none', '--dry-run', '--json', '--', 'echo', '--help', ''],
  ],
]

describe('the bundled CLI and the one before it is bundled', function () {
  this.timeout(480_000)
  const home = new TestHome()
  after(() => home.remove())

  const call = (entry: string, args: readonly string[]): Promise<CliResult> =>
    outcome(
      spawn(process.execPath, [entry, ...args], {
        cwd: dirname(home.path),
        env: { ...process.env, AGENTVM_HOME: home.path, NODE_V8_COVERAGE: '' },
      }),
    )

  /** What differs by chance: ids, times, pids. */
  const settled = ({ code, stdout, stderr }: CliResult) => ({
    code,
    stdout: stdout.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replace(/"(id|socket)":"[^"]+"/g, '"$1":""'),
    stderr,
  })

  async function compare(calls: readonly string[][]): Promise<Map<string, CliResult>> {
    const results = new Map<string, CliResult>()
    for (const args of calls) {
      const [bundled, unbundled] = await Promise.all([call(RUN_JS, args), call(UNBUNDLED_JS, args)])
      assert.deepEqual(settled(bundled), settled(unbundled), `agentvm ${args.join(' ')}`)
      results.set(args.join(' '), bundled)
    }
    return results
  }

  it('print the same and exit with the same codes: help, errors, JSON, settings, plugins', async () => {
    const results = await compare(CALLS)
    const codeOf = (line: string) => results.get(line)?.code
    assert.deepEqual(
      [codeOf('list --json'), codeOf('lisst'), codeOf('run --net none -- sh -c exit 7')],
      [0, 2, 7],
    )
  })

  it('run the commands and hooks of installed plugins alike, and bear broken ones', async () => {
    linkPlugins(home, [GREETER, BROKEN, LYING('lying')])
    const results = await compare([
      ...[['greet', 'world'], ['greet'], ['--help'], ['list', '--json'], ['plugins', '--json']],
      ...[
        ['plugins', 'inspect', 'greeter', '--json'],
        ['spawn', 'x', '-p', 'lie', '--net', 'none', '--dry-run'],
      ],
      ['spawn', 'x', '--net', 'none', '--dry-run', '--json', '-p', 'greeting'],
    ])
    assert.match(results.get('greet world')?.stdout ?? '', /^this is greet:world$/m)
    assert.match(results.get('list --json')?.stderr ?? '', /plugin broken: /)
    const plan = results.get('spawn x --net none --dry-run --json -p greeting')
    assert.match(plan?.stdout ?? '', /"greeted":"x"/)
  })

  it("prefer an installed plugin to agentvm's own of the same name", async () => {
    linkPlugins(home, [LYING('@agentvm/profile-aider')])
    const results = await compare([['plugins', 'inspect', '@agentvm/profile-aider', '--json'], ['profiles']])
    assert.match(results.values().next().value?.stdout ?? '', /"source":"linked"/)
  })

  it('name no path of the machine that made it', () => {
    const bundle = join(dirname(dirname(RUN_JS)), 'dist/bundle')
    for (const name of ['agentvm.cjs', 'dashboard.js']) {
      assert.equal(readFileSync(join(bundle, name), 'utf8').includes(dirname(dirname(RUN_JS))), false, name)
    }
  })

  it('ends with a sentence where another version was installed while it ran', async () => {
    const root = dirname(dirname(RUN_JS))
    const copy = join(dirname(home.path), 'copy')
    for (const part of ['bin', 'dist/bundle', 'dist/schemas', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const agents = join(copy, 'dist/bundle/agents.cjs')
    writeFileSync(agents, readFileSync(agents, 'latin1').replace(/^\/\*\w+\*\//, '/*another*/'))
    assert.deepEqual(await call(join(copy, 'bin/run.cjs'), ['spawn', 'x', '--dry-run', '--', 'true']), {
      code: 1,
      stdout: '',
      stderr: 'agentvm: another version of it was installed while this one ran\n  → give the command again\n',
    })
  })
})
