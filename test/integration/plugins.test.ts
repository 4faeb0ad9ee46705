import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'
import { shProfile } from '../support/plugin.ts'

describe('agentvm plugins', function () {
  this.timeout(240_000)
  let home: TestHome
  let folder: string
  let plugin: string
  let env: Record<string, string>
  beforeEach(() => {
    home = new TestHome()
    folder = dirname(home.path)
    plugin = join(folder, 'my-plugin')
    env = {
      HOME: join(folder, 'user'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      npm_config_cache: join(folder, 'npm'),
      npm_config_offline: 'true',
    }
    writePlugin()
  })
  afterEach(() => home.remove())

  const agentvm = (args: string[], cwd = folder) => home.run(args, { env, cwd })
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  function writePlugin(): void {
    const pjson = {
      ...{ name: 'my-plugin', version: '1.2.3', type: 'module', files: ['dist', 'oclif.manifest.json'] },
      agentvm: { apiVersion: 1, profiles: ['mine'] },
      oclif: { commands: './dist/commands', hooks: { 'agentvm:profiles': './dist/hook.js' } },
    }
    const command = {
      ...{ id: 'hello', aliases: [], hiddenAliases: [], args: {}, flags: {}, description: 'Say hello' },
      ...{ pluginName: 'my-plugin', pluginType: 'user', strict: true, isESM: true },
      relativePath: ['dist', 'commands', 'hello.js'],
    }
    write(join(plugin, 'package.json'), JSON.stringify(pjson))
    write(
      join(plugin, 'oclif.manifest.json'),
      JSON.stringify({ version: '1.2.3', commands: { hello: command } }),
    )
    write(join(plugin, 'dist/hook.js'), `export default async () => [${JSON.stringify(shProfile('mine'))}]`)
    write(
      join(plugin, 'dist/commands/hello.js'),
      "export default class Hello { static id = 'hello'; static async run() { console.log('hello') } }",
    )
  }

  it('installs a tarball by its path, into the private $AGENTVM_HOME/plugins, and uninstalls it', async () => {
    execFileSync('npm', ['pack', '--silent'], { cwd: plugin, env: { ...process.env, ...env } })
    renameSync(join(plugin, 'my-plugin-1.2.3.tgz'), join(folder, 'my-plugin-1.2.3.tgz'))
    const installed = await agentvm(['plugins', 'install', './my-plugin-1.2.3.tgz'])
    assert.equal(installed.code, 0, installed.stderr)
    assert.doesNotMatch(installed.stdout + installed.stderr, /npm notice|github/i)
    assert.ok(existsSync(home.file('plugins/store')))
    assert.equal(statSync(home.path).mode & 0o077, 0)
    assert.ok(!existsSync(join(env.HOME ?? '', '.local')))
    assert.equal((await agentvm(['hello'])).stdout, 'hello\n')
    const listed = await agentvm(['plugins'])
    assert.match(listed.stdout, /^my-plugin +1\.2\.3 +installed +\//m)
    assert.match((await agentvm(['profiles'])).stdout, /^mine +ready .* installed \(my-plugin\)$/m)
    assert.equal((await agentvm(['plugins', 'uninstall', 'my-plugin'])).code, 0)
    assert.equal((await agentvm(['plugins', '--json'])).stdout, '[]\n')
    assert.equal((await agentvm(['hello'])).code, 2)
  })

  it('says that a path is not there, where oclif would ask GitHub for it', async () => {
    const { code, stderr } = await agentvm(['plugins', 'install', './none.tgz'])
    assert.equal(code, 2)
    assert.match(stderr, /there is no .*\/none\.tgz to install/)
  })

  it('links a folder, and makes completion anew when plugins come and go', async () => {
    const linked = await agentvm(['plugins', 'link'], plugin)
    assert.equal(linked.code, 0, linked.stderr)
    assert.doesNotMatch(linked.stderr, /lockfile/)
    const script = join(folder, 'cache/agentvm/autocomplete/functions/bash/agentvm.bash')
    assert.match(readFileSync(script, 'utf8'), /profiles\) values=\(.*\bmine\b/)
    for (const file of ['bash/agentvm.bash', 'zsh/_agentvm', 'fish/agentvm.fish']) {
      const text = readFileSync(join(folder, 'cache/agentvm/autocomplete/functions', file), 'utf8')
      for (const word of ['hello', 'mine', 'my-plugin']) assert.match(text, new RegExp(`\\b${word}\\b`), file)
    }
    const commands = JSON.parse((await agentvm(['commands', '--json'])).stdout) as Record<string, string>[]
    assert.equal(commands.find(({ name }) => name === 'hello')?.plugin, 'my-plugin')
    assert.match((await agentvm(['help'])).stdout, /^OTHER COMMANDS\n[\s\S]*^ {2}hello +Say hello$/m)
    const { stdout } = await agentvm(['plugins', 'inspect', 'my-plugin', '--json'])
    const details = JSON.parse(stdout)
    assert.deepEqual([details.source, details.location], ['linked', plugin])
    assert.deepEqual([details.commands, details.profiles], [['hello'], ['mine']])
    assert.equal((await agentvm(['plugins', 'unlink', 'my-plugin'])).code, 0)
    assert.doesNotMatch(readFileSync(script, 'utf8'), /\bhello\b/)
  })

  it('tells built-in ones apart, and suggests the nearest name', async () => {
    assert.equal((await agentvm(['plugins'])).stdout, '')
    assert.match((await agentvm(['plugins', '--core'])).stdout, /^@agentvm\/sandbox-bwrap +\S+ +built-in/m)
    const unknown = await agentvm(['plugins', 'inspect', '@agentvm/sandbox-bwarp'])
    assert.equal(unknown.code, 1)
    assert.match(
      unknown.stderr,
      /no plugin '@agentvm\/sandbox-bwarp'\n.*did you mean '@agentvm\/sandbox-bwrap'/,
    )
    assert.deepEqual(existsSync(home.path) ? readdirSync(home.path) : [], [])
  })

  it('is found broken by doctor, with the command that mends it', async () => {
    await agentvm(['plugins', 'link'], plugin)
    write(join(plugin, 'dist/hook.js'), 'export default async () => { throw new Error("oh no") }')
    const problems = async () => {
      const { stdout, code } = await agentvm(['doctor', '--json'])
      assert.equal(code, 1)
      return (JSON.parse(stdout) as { name: string; message: string; fix: string }[]).filter(
        ({ name }) => name === 'plugin my-plugin',
      )
    }
    assert.match((await problems())[0]?.message ?? '', /oh no/)
    renameSync(plugin, `${plugin}-away`)
    const [gone] = await problems()
    assert.match(gone?.message ?? '', /its folder is gone/)
    assert.match(gone?.fix ?? '', /agentvm plugins uninstall my-plugin/)
  })
})
