import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import type { PluginChange } from '../../src/extensions/installed/install.ts'
import type { PluginRow } from '../../src/extensions/plugin-list.ts'
import { outcome, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { digest } from '../support/digest.ts'
import { type PluginParts, testPlugin, writePlugin } from '../support/plugin.ts'
import { packTarball, Registry } from '../support/registry.ts'

describe('agentvm plugins install, from a registry and elsewhere', function () {
  this.timeout(240_000)
  let registry: Registry
  let home: TestHome
  let folder: string
  before(async () => {
    registry = await Registry.start()
  })
  after(() => registry.stop())
  beforeEach(() => {
    home = new TestHome()
    folder = dirname(home.path)
  })
  afterEach(() => home.remove())

  const publish = (name: string, parts: PluginParts = {}, tag?: string) => {
    const { pjson, files } = testPlugin(name, parts)
    registry.add(pjson, files, tag)
  }
  const options = (env: Record<string, string> = {}) => ({
    cwd: folder,
    env: { ...registry.env(), XDG_CACHE_HOME: join(folder, 'cache'), NODE_V8_COVERAGE: '', ...env },
  })
  const plugins = (...args: string[]) => home.run(['plugins', ...args], options())
  const done = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await plugins(...args, '--json')
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const listed = async () => (await done<PluginRow[]>()).map(({ name, version }) => `${name} ${version}`)

  it('takes a short name from our scope first, then as it is; a tag, a range, a version', async () => {
    publish('@agentvm/profile-foo', { profiles: ['foo'] })
    publish('profile-foo', { profiles: ['wrong'] })
    publish('plain')
    publish('@t/tagged', { version: '1.0.0' })
    publish('@t/tagged', { version: '2.0.0-beta.1' }, 'beta')
    const [foo] = await done<PluginChange[]>('install', 'profile-foo')
    assert.deepEqual([foo?.name, foo?.profiles], ['@agentvm/profile-foo', ['foo']])
    const version = async (word: string) => (await done<PluginChange[]>('install', word))[0]?.version
    assert.equal(await version('plain'), '1.0.0')
    assert.equal(await version('@t/tagged@beta'), '2.0.0-beta.1')
    assert.equal(await version('@t/tagged@^1'), '1.0.0')
    assert.deepEqual(await listed(), ['@agentvm/profile-foo 1.0.0', '@t/tagged 1.0.0', 'plain 1.0.0'])
    assert.equal(readdirSync(home.file('plugins/store')).length, 3)
    const { name } = await done<PluginRow>('inspect', 'profile-foo')
    assert.equal(name, '@agentvm/profile-foo')
  })

  it('takes a tarball by path and address, a folder, a git repository by file:// and http, and says what it was', async () => {
    const { pjson, files } = testPlugin('by-tarball')
    const tarball = join(folder, 'by-tarball.tgz')
    writeFileSync(tarball, packTarball(pjson, files))
    publish('by-address')
    writePlugin(join(folder, 'a folder'), testPlugin('by-folder', { commands: ['hello'] }))
    const bare = gitRepository(join(folder, 'by-git'))
    gitRepository(join(folder, 'by-http'))
    const git = await serveFiles(folder)
    const words = [
      './by-tarball.tgz',
      `${registry.url}by-address/-/by-address-1.0.0.tgz`,
      './a folder',
      `file://${bare}`,
      `${git.url}/by-http.git`,
    ]
    const changes = await done<PluginChange[]>('install', ...words).finally(git.stop)
    assert.deepEqual(
      changes.map(({ name }) => name),
      ['by-tarball', 'by-address', 'by-folder', 'by-git', 'by-http'],
    )
    const [row] = (await done<PluginRow[]>()).filter(({ name }) => name === 'by-folder')
    assert.ok(!lstatSync(row?.location ?? '').isSymbolicLink(), 'a copy, not a link')
    assert.equal((await home.run(['hello'], options())).stdout, 'this is hello\n')
  })

  /** A bare repository with a plugin. */
  function gitRepository(path: string): string {
    writePlugin(path, testPlugin(basename(path)))
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: path,
        stdio: 'pipe',
      })
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'one')
    git('clone', '-q', '--bare', path, `${path}.git`)
    // What git needs to read it from a server of plain files.
    git('-C', `${path}.git`, 'update-server-info')
    return `${path}.git`
  }

  it('says what the package will be able to do, and runs no install script unless it is told to', async () => {
    const ran = join(folder, 'ran')
    const script = { scripts: { postinstall: `touch '${ran}'` } }
    publish('@t/scripted', { profiles: ['one'], hooks: { 'agentvm:kill': '', init: '' }, fields: script })
    const { stderr } = await plugins('install', '@t/scripted')
    assert.match(stderr, /^plugin +@t\/scripted 1\.0\.0$/m)
    assert.match(stderr, /^profiles +one$/m)
    assert.match(stderr, /^hooks +agentvm:kill, agentvm:profiles$/m)
    assert.match(stderr, /^rights +yours/m)
    assert.match(stderr, /^scripts +no install script was run$/m)
    assert.match(stderr, /note +its hook init is never called/)
    assert.equal(existsSync(ran), false)
    const loud = await plugins('install', '@t/scripted', '--allow-scripts')
    assert.ok(existsSync(ran))
    assert.match(loud.stderr, /^scripts +its install scripts have run$/m)
  })

  it('leaves everything as it was if it is interrupted or killed in the middle', async () => {
    publish('@t/kept')
    await done('install', '@t/kept')
    const before = digest(home.file('plugins'))
    publish('@t/slow')
    registry.break('@t/slow', 'hang')
    const interrupted = async (signal: NodeJS.Signals) => {
      const asked = registry.requests.length
      const child = home.start(['plugins', 'install', '@t/slow'], options())
      const ended = outcome(child)
      await until(() => registry.requests.slice(asked).some((one) => one.endsWith('.tgz')), 'the download')
      child.kill(signal)
      return (await ended).code
    }
    assert.equal(await interrupted('SIGINT'), 130)
    assert.equal(digest(home.file('plugins')), before)
    assert.equal(await interrupted('SIGKILL'), 137)
    assert.deepEqual(await listed(), ['@t/kept 1.0.0'])
    assert.equal((await plugins('install', '@t/nowhere')).code, 1)
    assert.equal(digest(home.file('plugins')), before, 'the next one removes what the killed one left')
  })

  it('takes only what AGENTVM_PLUGIN_ALLOW names, and loads nothing else', async () => {
    publish('@good/one', { commands: ['one'] })
    writePlugin(join(folder, 'evil'), testPlugin('evil', { commands: ['evil'] }))
    await done('install', '@good/one', './evil')
    mkdirSync(home.path, { recursive: true })
    writeFileSync(home.file('config'), 'AGENTVM_PLUGIN_ALLOW="@good/* other"\n')
    const left = await home.run(['evil'], options())
    assert.equal(left.code, 2)
    assert.match(left.stderr, /warning: plugin evil: is not in AGENTVM_PLUGIN_ALLOW, so it is left out/)
    assert.equal((await home.run(['one'], options())).stdout, 'this is one\n')
    const asked = registry.requests.length
    const refused = await plugins('install', 'worse')
    assert.deepEqual([refused.code, registry.requests.length], [1, asked], 'nothing is fetched')
    assert.match(refused.stderr, /the plugin worse is not in AGENTVM_PLUGIN_ALLOW/)
    assert.equal((await plugins('uninstall', 'evil')).code, 0)
    assert.equal((await home.run(['list'], options())).stderr, '')
  })

  it('leaves everything as it was where the disk is full', async () => {
    writePlugin(join(folder, 'small'), testPlugin('small'))
    const large = randomBytes(8 * 1024 ** 2).toString('base64')
    writePlugin(join(folder, 'large'), { ...testPlugin('large'), files: { 'large.txt': large } })
    const look = `cd ${home.path} && find . -type f -exec sha256sum {} + | sort`
    const script = `
      "$0" "$1" plugins install ./small >/dev/null 2>&1 || exit 9
      (${look}) >before; "$0" "$1" plugins install ./large; code=$?
      (${look}) >after; exit $code`
    mkdirSync(home.path)
    const { status, stderr } = spawnSync(
      'bwrap',
      [
        ...['--dev-bind', '/', '/', '--size', '6000000', '--tmpfs', home.path, '--chdir', folder],
        ...['--', 'sh', '-c', script, process.execPath, RUN_JS],
      ],
      { env: { ...process.env, ...options().env, AGENTVM_HOME: home.path }, encoding: 'utf8' },
    )
    assert.equal(status, 1, stderr)
    assert.match(stderr, /can't be installed: .*(?:ENOSPC|no space)/)
    const seen = (name: string) => readFileSync(join(folder, name), 'utf8')
    assert.match(seen('before'), /plugins\/package\.json/)
    assert.equal(seen('after'), seen('before'))
  })

  it('is said of what running agents use, which can be killed and cleaned without it', async () => {
    const mine: PluginParts = {
      profiles: ['mine'],
      hooks: { 'agentvm:sandboxes': `export default () => [${THIN_SANDBOX}]` },
      fields: { agentvm: { apiVersion: 1, profiles: ['mine'], sandboxes: ['thin'] } },
    }
    writePlugin(join(folder, 'mine'), testPlugin('mine', mine))
    const run = (...args: string[]) => home.run(args, options())
    await done('install', './mine')
    assert.equal((await run('spawn', 'a1', '-p', 'mine', '--sandbox', 'thin')).code, 0)
    const again = await plugins('install', './mine')
    assert.equal(again.code, 2, 'nobody to ask')
    assert.match(
      again.stderr,
      /agent a1 runs with the profile 'mine' of mine: it goes on, a restart takes the new one/,
    )
    for (const command of ['uninstall', 'reset']) {
      const { code, stderr } = await plugins(...(command === 'reset' ? ['reset'] : ['uninstall', 'mine']))
      assert.equal(code, 2)
      assert.match(stderr, /agent a1 runs with the profile 'mine' of mine: .* it can't be restarted without/)
      assert.match(stderr, /agent a1 runs with the sandbox 'thin' of mine: /)
      assert.match(stderr, /--force/)
    }
    await done('uninstall', 'mine', '--force')
    const [agent] = JSON.parse((await run('list', '--json')).stdout)
    assert.deepEqual([agent.name, agent.profile, agent.status], ['a1', 'mine', 'running'])
    for (const args of [['info', 'a1'], ['ps'], ['logs', 'a1'], ['exec', 'a1', 'true'], ['kill', 'a1']]) {
      const { code, stderr } = await run(...args)
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    }
    const restart = await run('restart', 'a1')
    assert.deepEqual(
      [restart.code, /there is no (?:profile 'mine'|sandbox backend 'thin')/.test(restart.stderr)],
      [1, true],
    )
    assert.equal((await run('clean', 'a1')).code, 0)
  })

  it('puts a newer package in the place of the built-in one of the same name, until it is taken off', async () => {
    publish('@agentvm/profile-aider', { version: '99.0.0', profiles: ['aider'] })
    await done('install', 'profile-aider')
    const profile = async () => {
      const { stdout } = await home.run(['profiles', 'show', 'aider', '--json'], options())
      const { label, source, plugin_version, replaces } = JSON.parse(stdout)
      return [label, source, plugin_version, replaces?.replace(/\d.*/, '')]
    }
    const replaced = '@agentvm/profile-aider '
    assert.deepEqual(await profile(), ['The aider', 'installed', '99.0.0', replaced])
    assert.match((await plugins()).stdout, /installed, over the built-in \d/)
    writePlugin(
      join(folder, 'old'),
      testPlugin('@agentvm/profile-aider', { version: '0.0.1', profiles: ['aider'] }),
    )
    await done('link', './old')
    assert.deepEqual(await profile(), ['The aider', 'linked', '0.0.1', replaced])
    const doctor = JSON.parse((await home.run(['doctor', '--json'], options())).stdout) as Record<
      string,
      string
    >[]
    assert.match(
      doctor.find(({ name }) => name === 'plugin @agentvm/profile-aider')?.message ?? '',
      /^0\.0\.1 is in the place of the built-in \d\S+, which is newer$/,
    )
    assert.deepEqual(await done('reset', '--force'), [{ name: '@agentvm/profile-aider', version: '0.0.1' }])
    assert.deepEqual((await profile())[1], 'built-in')
    assert.deepEqual(readdirSync(home.file('plugins')), ['package.json', 'store'])
    assert.equal(existsSync(home.file('plugins/store')) && readdirSync(home.file('plugins/store')).length, 0)
  })
})

/** A sandbox backend that isolates nothing, as a plugin has it. */
const THIN_SANDBOX = `{
  id: 'thin', label: 'Thin', platforms: ['linux', 'darwin'], rank: 1,
  capabilities: {
    isolates: false, relocatesPaths: false, network: ['host'], limits: [], processes: 'best-effort', relocatable: false,
  },
  probe: async () => ({ ok: true }),
  wrap: ({ env }, argv) => ({ argv, env, files: [], fds: [], ignoreSignals: [] }),
}`

/** Serves the files of a folder over http. */
async function serveFiles(folder: string): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? '/', 'http://any').pathname)
    const isFile = existsSync(path) && lstatSync(path).isFile()
    response.writeHead(isFile ? 200 : 404)
    response.end(isFile ? readFileSync(path) : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() }
}
