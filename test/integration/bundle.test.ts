import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CliResult, outcome, RUN_JS, TestHome, UNBUNDLED_JS } from '../support/agentvm.ts'
import { type LinkedPlugin, linkPlugins } from '../support/linked-plugins.ts'

/** A plugin with commands, one of which fails, and hooks of oclif's and of ours. */
const GREETER: LinkedPlugin = {
  pjson: {
    oclif: {
      commands: './commands',
      topics: { greet: { description: 'Greetings' } },
      hooks: { init: './init.js', postrun: './postrun.js', 'agentvm:spawn:before': './before.js' },
    },
  },
  files: {
    'commands/greet/world.js': `export default class {
      static id; static aliases = ['hello']; static hiddenAliases = []; static args = {}; static flags = {}
      static description = 'Greet the world'; static strict = false
      static async run(argv) { console.log('hello', ...argv); return { greeted: argv } }
    }`,
    'commands/greet/fail.js': `export default class {
      static id; static aliases = []; static hiddenAliases = []; static args = {}; static flags = {}
      static async run() { throw Object.assign(new Error('no greeting'), { oclif: { exit: 9 } }) }
    }`,
    'init.js': "export default async ({ id }) => console.error('init', id)",
    'postrun.js': "export default async ({ result }) => console.error('postrun', JSON.stringify(result))",
    'before.js': 'export default async ({ plan }) => ({ tags: { ...plan.tags, greeted: plan.name } })',
  },
}
/** One that can't be read, and one whose hook throws and whose manifest lies. */
const BROKEN: LinkedPlugin = { pjson: { oclif: { hooks: { init: './absent.js' } } }, files: {} }
const LYING: LinkedPlugin = {
  pjson: {
    agentvm: { apiVersion: 1, profiles: ['lie'] },
    oclif: { hooks: { 'agentvm:profiles': './hook.js' } },
  },
  files: { 'hook.js': "export default () => { throw new Error('out of order') }" },
}

const CALLS = [
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
  this.timeout(120_000)
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
    linkPlugins(home, { greeter: GREETER, broken: BROKEN, lying: LYING })
    const results = await compare([
      ...[['greet', 'world', 'a b'], ['hello'], ['greet', 'fail'], ['greet'], ['--help']],
      ...[
        ['list', '--json'],
        ['plugins', '--json'],
        ['plugins', 'inspect', 'greeter', '--json'],
      ],
      ['spawn', 'x', '-p', 'lie', '--net', 'none', '--dry-run'],
      ['spawn', 'x', '--net', 'none', '--dry-run', '--json', '--', 'true'],
    ])
    assert.match(results.get('greet world a b')?.stdout ?? '', /^hello a b$/m)
    assert.equal(results.get('greet fail')?.code, 9)
    assert.match(results.get('list --json')?.stderr ?? '', /^init list$/m)
    assert.match(results.get('spawn x --net none --dry-run --json -- true')?.stdout ?? '', /"greeted":"x"/)
  })

  it("prefer an installed plugin to agentvm's own of the same name", async () => {
    linkPlugins(home, { '@agentvm/profile-aider': LYING })
    const results = await compare([['plugins', 'inspect', '@agentvm/profile-aider', '--json'], ['profiles']])
    assert.match(results.values().next().value?.stdout ?? '', /"source":"linked"/)
  })

  it('name no path of the machine that made it', () => {
    const bundle = join(dirname(dirname(RUN_JS)), 'dist/bundle')
    for (const name of ['agentvm.cjs', 'dashboard.js']) {
      assert.equal(readFileSync(join(bundle, name), 'utf8').includes(dirname(dirname(RUN_JS))), false, name)
    }
  })
})
