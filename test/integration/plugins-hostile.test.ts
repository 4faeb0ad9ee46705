import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { type CliResult, TestHome } from '../support/agentvm.ts'
import { type PluginParts, type TestPlugin, testPlugin, writePlugin } from '../support/plugin.ts'

/** Plugins that break their contract in one way each, and what is said of them when their code is, or would be, used. */
const BROKEN: Record<string, { parts: PluginParts; says: RegExp }> = {
  'throws-at-import': {
    parts: provides('throw new Error("oh\\x1b[31m no")'),
    says: /agentvm:profiles: oh\^\[\[31m no$/,
  },
  'hangs-at-import': {
    parts: provides('await new Promise(() => {})'),
    says: /agentvm:profiles: takes longer than 5 seconds$/,
  },
  'hangs-with-timer': {
    parts: provides('setInterval(() => {}, 1e9); await new Promise(() => {})'),
    says: /agentvm:profiles: takes longer than 5 seconds$/,
  },
  'loops-at-import': {
    parts: provides('for (;;);'),
    says: /agentvm:profiles: takes longer than 5 seconds$/,
  },
  'slow-import': {
    parts: provides('await new Promise((go) => setTimeout(go, 200)); export default () => []'),
    says: /its profile 'slow-import' can't be used/,
  },
  'wants-require': {
    parts: {
      ...provides('module.exports = () => []'),
      fields: { type: 'commonjs' },
    },
    says: /its profile 'wants-require' can't be used/,
  },
  throws: { parts: provides('export default () => { throw null }'), says: /agentvm:profiles: null$/ },
  hangs: {
    parts: provides('export default () => new Promise(() => {})'),
    says: /agentvm:profiles: takes longer than 5 seconds$/,
  },
  exits: {
    parts: provides('export default () => process.exit(0)'),
    says: /agentvm:profiles: it would end agentvm \(process\.exit\)$/,
  },
  'throws-later': {
    parts: provides('setTimeout(() => { throw new Error("much later") }, 1); export default () => []'),
    says: /throws-later: (?:fails in the background: much later|its profile 'throws-later' can't be used.*)$/,
  },
  'returns-text': { parts: provides('export default () => "none"'), says: /must return an array$/ },
  'returns-junk': {
    parts: provides('export default () => [{ name: "returns-junk", command: 5, __proto__: { label: "x" } }]'),
    says: /profile returns-junk: .*command: Invalid type.*; and \d+ more$/,
  },
  'returns-traps': {
    parts: provides('export default () => [new Proxy({}, { get() { throw new Error("caught") } })]'),
    says: /profile number 1: can't be read: caught$/,
  },
  'exports-nothing': {
    parts: provides('export const number = 1'),
    says: /its module has no function for the hook/,
  },
  'missing-file': {
    parts: {
      fields: {
        agentvm: { apiVersion: 1, profiles: ['missing-file'] },
        oclif: { hooks: { 'agentvm:profiles': './gone.js' } },
      },
    },
    says: /agentvm:profiles: .*gone\.js/,
  },
  'missing-hook': {
    parts: { fields: { agentvm: { apiVersion: 1, profiles: ['missing-hook'] } } },
    says: /declares a profile but has no hook agentvm:profiles/,
  },
}

/** Plugins whose files can't be read as a plugin's: each is left out, with these words. */
const UNREADABLE: Record<string, { make: (folder: string) => void; says: RegExp }> = {
  'other-version': pjson({ agentvm: { apiVersion: 7 } }, /is for version 7 of the extension API/),
  'wrong-types': pjson(
    { agentvm: { apiVersion: 1, profiles: [5] } },
    /"agentvm": profiles\[0\]: Invalid type/,
  ),
  'wrong-hooks': pjson(
    { oclif: { hooks: { 'agentvm:kill': '../../outside.js' } } },
    /must be the path of a module in the package/,
  ),
  'no-version': pjson(
    { agentvm: undefined, oclif: { hooks: { 'agentvm:kill': './a.js' } } },
    /for which version of the extension API/,
  ),
  'bad-name': pjson({ name: '\u001b[2Jevil' }, /name is not that of a package/),
  unparsable: {
    make: (folder) => writeFileSync(join(folder, 'package.json'), '{"name": '),
    says: /package\.json is not JSON/,
  },
  'an-array': {
    make: (folder) => writeFileSync(join(folder, 'package.json'), '[]'),
    says: /is not a JSON object/,
  },
  huge: {
    make: (folder) => {
      writeFileSync(join(folder, 'package.json'), '{}')
      truncateSync(join(folder, 'package.json'), 100 * 1024 ** 2)
    },
    says: /package\.json is larger than 1 MiB/,
  },
  loop: {
    make: (folder) => symlinkSync('package.json', join(folder, 'package.json')),
    says: /can't be read \(ELOOP\)/,
  },
  gone: { make: () => {}, says: /its folder is gone or not a plugin any more/ },
}

function provides(source: string): PluginParts {
  return { hooks: { 'agentvm:profiles': source } }
}

function pjson(fields: Record<string, unknown>, says: RegExp) {
  return {
    make: (folder: string) => writePlugin(folder, testPlugin(folder.split('/').at(-1) ?? '', { fields })),
    says,
  }
}

describe('plugins that break their contract', function () {
  this.timeout(720_000)
  let home: TestHome
  let folder: string
  beforeEach(() => {
    home = new TestHome()
    folder = join(dirname(home.path), 'plugins')
    mkdirSync(folder)
  })
  afterEach(() => home.remove())

  const run = (...args: string[]) =>
    home.run(args, { env: { XDG_CACHE_HOME: join(folder, 'cache'), NODE_V8_COVERAGE: '' } })
  /** Puts plugins on the list, as they would be there after an update of agentvm, or of a linked folder. */
  const list = (names: readonly string[]) => {
    const plugins = names.map((name) => ({ name, type: 'user', root: join(folder, name) }))
    mkdirSync(home.file('plugins'), { recursive: true })
    writeFileSync(home.file('plugins/package.json'), JSON.stringify({ oclif: { plugins } }))
  }
  const write = (name: string, plugin: TestPlugin) => writePlugin(join(folder, name), plugin)
  const warnings = ({ stderr }: CliResult) =>
    stderr.split('\n').filter((line) => line.startsWith('agentvm: warning: plugin'))
  const about = (lines: string[], name: string) =>
    lines.filter((line) => line.startsWith(`agentvm: warning: plugin ${name}: `))

  it('cost a warning each and their own profile where that is used, and nothing where it is not', async () => {
    for (const [name, { parts }] of Object.entries(BROKEN)) {
      const manifest = { agentvm: { apiVersion: 1, profiles: [name] }, ...parts.fields }
      write(name, testPlugin(name, { ...parts, fields: manifest }))
    }
    write('good', testPlugin('good', { profiles: ['good'] }))
    list([...Object.keys(BROKEN), 'good'])
    for (const args of [['list'], ['help'], ['plugins'], ['sandboxes'], ['root']])
      assert.equal((await run(...args)).stderr, '', args.join(' '))
    const profiles = await run('profiles', '--json')
    const rows = JSON.parse(profiles.stdout) as {
      name: string
      status: string
      problems: { what: string }[]
    }[]
    for (const [name, { says }] of Object.entries(BROKEN)) {
      const said = about(warnings(profiles), name)
      const row = rows.find((one) => one.name === name)
      assert.equal(row?.status, 'broken', name)
      assert.ok(
        [...said, row?.problems[0]?.what].some((line) => says.test(line ?? '')),
        `${name}: ${said}`,
      )
      assert.ok(said.length <= 1, said.join('\n'))
    }
    assert.equal(rows.find(({ name }) => name === 'good')?.status, 'ready')
    assert.equal(rows.find(({ name }) => name === 'codex')?.problems.length !== undefined, true)
    const spawned = await run('spawn', 'a1', '-p', 'good', '--net', 'none', '--json')
    assert.deepEqual([spawned.code, spawned.stderr], [0, ''])
    const refused = await run('spawn', 'a2', '-p', 'throws', '--net', 'none')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /its profile 'throws' can't be used; .*agentvm plugins uninstall throws/)
    const completion = await run('completion', 'bash')
    assert.deepEqual([completion.code, /\bgood\b/.test(completion.stdout)], [0, true])
    const doctor = JSON.parse((await run('doctor', '--json')).stdout) as { name: string; message: string }[]
    for (const name of Object.keys(BROKEN)) {
      const found = doctor.filter(
        (check) => check.name === `plugin ${name}` || check.name === `profile ${name}`,
      )
      assert.ok(found.length > 0, `doctor names ${name}`)
    }
  })

  it('are left out with one warning where their files are not those of a plugin, in every command', async () => {
    for (const [name, { make }] of Object.entries(UNREADABLE)) {
      mkdirSync(join(folder, name))
      make(join(folder, name))
    }
    write('good', testPlugin('good', { commands: ['hello'] }))
    list([...Object.keys(UNREADABLE), 'good'])
    for (const args of [
      ['list', '--json'],
      ['help'],
      ['hello'],
      ['completion', 'fish'],
      ['plugins', '--json'],
    ]) {
      const result = await run(...args)
      assert.equal(result.code, 0, args.join(' '))
      const lines = warnings(result)
      assert.equal(lines.length, Object.keys(UNREADABLE).length, result.stderr)
      for (const [name, { says }] of Object.entries(UNREADABLE))
        assert.deepEqual(
          about(lines, name).map((line) => says.test(line)),
          [true],
          `${name}: ${about(lines, name)}`,
        )
      assert.doesNotMatch(result.stderr, /\u001b|\n\s+at /)
    }
    const rows = JSON.parse((await run('plugins', '--json')).stdout) as {
      name: string
      problem: string | null
    }[]
    assert.deepEqual(
      rows.filter(({ problem }) => problem === null).map(({ name }) => name),
      ['good'],
    )
    assert.equal((await run('plugins', 'uninstall', ...Object.keys(UNREADABLE), '--force')).code, 0)
    assert.equal((await run('list')).stderr, '')
  })

  it('bring no commands by a malformed manifest, and none that are run by help', async () => {
    const command = (id: string, more: object = {}) => ({
      ...{
        id,
        aliases: [],
        hiddenAliases: [],
        args: {},
        flags: {},
        description: 'Fine',
        strict: true,
        isESM: true,
      },
      ...{ pluginName: 'odd', pluginType: 'user', relativePath: ['commands', 'fine.js'], ...more },
    })
    const flag = (name: string, options: string[]) => ({
      [name]: { name, type: 'option', options, multiple: false },
    })
    const commands = {
      fine: command('fine', { flags: flag('shape', ['round', '$(touch /tmp/pwned)']) }),
      tricky: command('tricky', {
        description: 'Go<%= process.exit(9) %> <%= config.bin %>\u001b[2J\u202e!',
      }),
      'x;rm': command('x;rm'),
      flagged: command('flagged', { flags: flag('$(id)', []) }),
      nothing: null,
      away: command('away', { relativePath: ['..', 'away.js'] }),
      list: command('list', { description: 'not ours' }),
    }
    const manifest = `{"version": "1.0.0", "commands": {"__proto__": {"id": "polluted"}, ${JSON.stringify(commands).slice(1)}}`
    const odd = testPlugin('odd', { commands: ['fine'] })
    write('odd', { ...odd, files: { ...odd.files, 'oclif.manifest.json': manifest } })
    write('unmade', {
      ...testPlugin('unmade', { commands: ['gone'] }),
      files: { 'commands/gone.js': 'throw 1' },
    })
    list(['odd', 'unmade'])
    const help = await run('help')
    assert.deepEqual([help.code, help.stderr], [0, ''])
    assert.match(help.stdout, /^ {2}fine +Fine$/m)
    assert.match(help.stdout, /^ {2}tricky +Go< %= process\.exit\(9\) % > agentvm\^\[\[2J<U\+202E>!$/m)
    const others = help.stdout.split('OTHER COMMANDS')[1] ?? ''
    assert.doesNotMatch(others, /x;rm|flagged|away|nothing|gone|not ours|polluted/)
    assert.doesNotMatch((await run('completion', 'bash')).stdout, /pwned|\$\(id\)/)
    assert.equal((await run('fine')).stdout, 'this is fine\n')
    const doctor = JSON.parse((await run('doctor', '--json')).stdout) as { name: string; message: string }[]
    const said = doctor
      .filter(({ name }) => name === 'plugin odd' || name === 'plugin unmade')
      .map(({ message }) => message)
    assert.equal(said.filter((message) => /is malformed/.test(message)).length, 5)
    assert.ok(said.some((message) => /don't count without oclif\.manifest\.json/.test(message)))
  })

  it('can only warn by the hooks that observe, stop a spawn by the one that is asked, and change it in view', async () => {
    const asked = (source: string) => ({ hooks: { 'agentvm:spawn:before': `export default ${source}` } })
    write('b-amends', testPlugin('b-amends', asked('({ plan }) => ({ tags: { ...plan.tags, by: "b" } })')))
    write('a-silent', testPlugin('a-silent', asked('() => undefined')))
    const observers = ['agentvm:spawn:after', 'agentvm:kill', 'agentvm:clean']
    const hooks = Object.fromEntries(
      observers.map((hook) => [hook, 'export default () => { throw new Error("no use") }']),
    )
    write('watcher', testPlugin('watcher', { hooks }))
    list(['b-amends', 'a-silent', 'watcher'])
    const plan = JSON.parse((await run('spawn', 'a1', '--dry-run', '--json', '--', 'cat')).stdout)
    assert.deepEqual(plan.changed_by, [{ plugin: 'b-amends', fields: ['tags'] }])
    for (const [args, hook] of [
      [['spawn', 'a1', '--', 'cat'], 'agentvm:spawn:after'],
      [['kill', 'a1'], 'agentvm:kill'],
      [['clean', 'a1', '--force'], 'agentvm:clean'],
    ] as const) {
      const result = await run(...args)
      assert.equal(result.code, 0, result.stderr)
      assert.deepEqual(warnings(result), [`agentvm: warning: plugin watcher: ${hook}: no use`])
    }
    write('veto', testPlugin('veto', asked('() => { throw new Error("not on a Friday") }')))
    write(
      'junk',
      testPlugin(
        'junk',
        asked('() => JSON.parse(\'{"env": {"__proto__": {"x": 1}, "A B": "c"}, "name": "evil"}\')'),
      ),
    )
    for (const [name, reason] of [
      ['veto', /the plugin veto stopped the spawn: not on a Friday/],
      ['junk', /the plugin junk stopped the spawn: agentvm:spawn:before returned something invalid: /],
    ] as const) {
      list([name])
      const { code, stderr } = await run('spawn', 'a2', '--', 'cat')
      assert.deepEqual([code, reason.test(stderr)], [1, true], stderr)
      assert.match(stderr, new RegExp(`agentvm plugins uninstall ${name}`))
    }
    assert.deepEqual(await home.json<AgentRow[]>('list'), [])
    assert.deepEqual(home.leftovers('state', 'run', 'homes', 'workspaces'), [])
  })
})
