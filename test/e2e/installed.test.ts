import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxScore } from '../../src/agents/doctor/probe-sandbox.ts'
import { InstalledCli, type Printed, print } from '../support/cli-installed.ts'
import { runAs } from '../support/run-as.ts'
import { mayBeUnproven } from '../support/unproven.ts'
import { ACTORS } from '../support/wrapped.ts'

describe('the packed and installed CLI', function () {
  this.timeout(720_000)
  const cli = new InstalledCli()
  before(() => cli.install())
  after(() => cli.remove())

  it('carries the built-in plugins with their dependency, and no sources, tests or build notes', () => {
    const builtIn = readdirSync(join(cli.package, 'node_modules/@agentvm')).filter((name) => name !== 'sdk')
    assert.ok(builtIn.includes('sandbox-bwrap') && builtIn.includes('profile-claude-code'))
    for (const name of builtIn) {
      assert.ok(cli.packed.includes(`node_modules/@agentvm/${name}/dist/hook.js`), name)
    }
    assert.ok(cli.packed.some((path) => path.startsWith('node_modules/valibot/dist/')))
    const ours = cli.packed.filter((path) => !/^(?:node_modules\/valibot|templates)\//.test(path))
    assert.deepEqual(
      ours.filter((path) => /\.tsbuildinfo$|(^|\/)(src|test|scripts)\/|[^d]\.ts$/.test(path)),
      [],
    )
  })

  it('tells its version and its help, quietly', () => {
    assert.match(cli.run(['version']).stdout, /^agentvm \d+\.\d+\.\d+ \S+ node-v\d+/)
    const { code, stdout, stderr } = cli.run(['--help'])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /\bspawn\b/)
  })

  it('lists no agents in an empty home', () => {
    assert.deepEqual(cli.run(['list', '--json']), { code: 0, stdout: '[]\n', stderr: '' })
  })

  it('works in a home that nobody can write to, where nothing has to be written', () => {
    const { code, stdout, stderr } = cli.run(['list', '--json'], { HOME: '/proc/none' })
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '[]\n', stderr: '' })
  })

  it('spawns an agent, shows its log, waits for it and passes its exit code on', () => {
    const spawned = cli.run([
      'spawn',
      'a1',
      '--net',
      'none',
      '--',
      'sh',
      '-c',
      'echo it "$1"; exit 3',
      'sh',
      'works',
    ])
    assert.equal(spawned.code, 0, spawned.stderr)
    assert.equal(cli.run(['wait', 'a1', '--exit-code']).code, 3)
    assert.equal(cli.run(['logs', 'a1']).stdout, 'it works\n')
    assert.equal(cli.run(['purge', '--force']).code, 0)
  })

  it('runs one command from start to end', () => {
    const { code, stdout } = cli.run(['run', '--net', 'none', '--', 'sh', '-c', 'echo out; exit 4'])
    assert.deepEqual([code, stdout], [4, 'out\n'])
  })

  it('ends quietly when its reader has seen enough', () => {
    const pipes = [
      'list | true',
      'help spawn | head -n 1',
      'version --json 2>&1 | true',
      'nonsense 2>&1 | true',
    ]
    for (const pipe of pipes) {
      const script = `"$0" ${pipe}; echo "\${PIPESTATUS[0]}" >&2`
      const { stderr } = print('bash', ['-c', script, join(cli.prefix, 'bin/agentvm')], cli.env())
      assert.match(stderr, pipe.startsWith('nonsense') ? /^2\n$/ : /^0\n$/, pipe)
    }
  })

  it('keeps its compile cache out of folders that others can write to', () => {
    const tmp = join(cli.folder, 'tmp')
    mkdirSync(tmp)
    cli.run(['version'], { TMPDIR: tmp })
    assert.deepEqual(readdirSync(tmp), [])
    assert.ok(existsSync(join(cli.home, '.cache/agentvm/compiled')))
  })

  it('says in one line that there is no Node.js', () => {
    const tools = join(cli.folder, 'tools')
    mkdirSync(tools)
    for (const name of ['sh', 'readlink']) symlinkSync(`/usr/bin/${name}`, join(tools, name))
    const { code, stderr } = cli.run(['version'], { PATH: tools })
    assert.equal(code, 127)
    assert.match(stderr, /^agentvm: Node\.js is not installed.*22\.12.*\n$/)
  })

  it('says in one line that Node.js is too old', () => {
    const old = join(cli.folder, 'old.mjs')
    writeFileSync(old, "Object.defineProperty(process, 'versions', { value: { node: '20.19.0' } })")
    const env = cli.env({ NODE_OPTIONS: `--import="${old}"` })
    const { code, stderr } = print(join(cli.prefix, 'bin/agentvm'), ['version'], env)
    assert.equal(code, 1)
    assert.match(stderr, /^agentvm: needs Node\.js 22\.12 or newer, this is 20\.19\.0.*\n$/)
  })

  describe('without some of its built-in plugins', () => {
    const aside = join(cli.folder, 'aside')
    const removed = ['profile-aider', 'sandbox-macos', 'plugin-gitlawb']
    const place = (name: string) => join(cli.package, 'node_modules/@agentvm', name)
    before(() => {
      mkdirSync(aside)
      for (const name of removed) renameSync(place(name), join(aside, name))
    })
    after(() => {
      for (const name of removed) renameSync(join(aside, name), place(name))
    })

    it('works, and says nothing where it does not matter', () => {
      assert.deepEqual(cli.run(['list', '--json']), { code: 0, stdout: '[]\n', stderr: '' })
      assert.equal(cli.run(['run', '--net', 'none', '--', 'true']).stderr, '')
    })

    it('names them in doctor', () => {
      const { stdout } = cli.run(['doctor', '--json'])
      const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
      for (const name of removed) assert.ok(names.includes(`plugin @agentvm/${name}`), stdout)
    })

    it('refuses what needs them, and says how to get them', () => {
      const { code, stderr } = cli.run(['spawn', 'a2', '-p', 'aider'])
      assert.notEqual(code, 0)
      assert.match(stderr, /'aider' is not installed: @agentvm\/profile-aider/)
      assert.match(stderr, /agentvm plugins install @agentvm\/profile-aider/)
      const identity = cli.run(['spawn', 'a2', '--gitlawb', '--', 'true'])
      assert.notEqual(identity.code, 0)
      assert.match(identity.stderr, /'gitlawb' is not installed: @agentvm\/plugin-gitlawb/)
      assert.match(identity.stderr, /agentvm plugins install @agentvm\/plugin-gitlawb/)
      assert.equal(cli.run(['identity', 'list', '--json']).stdout, '[]\n')
    })
  })

  it('says what is missing when no sandbox backend is left', () => {
    const scope = join(cli.package, 'node_modules/@agentvm')
    const backends = readdirSync(scope).filter((name) => name.startsWith('sandbox-'))
    const hide = (from: string, to: string) => renameSync(join(scope, from), join(scope, to))
    for (const name of backends) hide(name, `hidden-${name}`)
    try {
      const { code, stderr } = cli.run(['run', '--', 'true'])
      assert.notEqual(code, 0)
      assert.match(stderr, /sandbox/)
      assert.doesNotMatch(stderr, /\n\s+at /)
    } finally {
      for (const name of backends) hide(`hidden-${name}`, name)
    }
  })

  for (const actor of ACTORS) {
    describe(`for ${actor.name}, from an install that only its owner can write to`, () => {
      let as: (...args: string[]) => Printed
      before(() => {
        as = runAs(cli, actor)
      })

      it('works without an entry in the user database, and says nothing', () => {
        assert.deepEqual(as('list', '--json'), { code: 0, stdout: '[]\n', stderr: '' })
      })

      it('finds no hole in the sandbox, and few attacks that it can’t show', () => {
        const { code, stdout, stderr } = as('doctor', '--probe', '--json')
        assert.equal(code, 0, stdout + stderr)
        const [score] = JSON.parse(stdout || '[]') as SandboxScore[]
        assert.equal(score?.sandbox, 'bwrap', stderr)
        assert.deepEqual(
          score.classes.flatMap(({ holes }) => holes),
          [],
        )
        const unproven = score.classes.flatMap(({ unproven: ids }) => ids)
        assert.deepEqual(
          unproven.filter((id) => !mayBeUnproven(id, actor.uid === 0)),
          [],
        )
      })
    })
  }
})
