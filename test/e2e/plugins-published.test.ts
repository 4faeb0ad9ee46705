import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { outcome } from '../support/agentvm.ts'
import { InstalledCli, ROOT } from '../support/cli-installed.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'
import { Registry } from '../support/registry.ts'
import { ShellUser } from '../support/shell-user.ts'

const PAGE = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8')
/** Who is nobody else on the machine. */
const SOMEBODY = 54_321

/** One fenced block of the tutorial: commands, what they print, or a file. */
interface Block {
  language: string
  file: string
  text: string
}

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', file = '', text = '']) => ({
    language,
    file,
    text,
  }))

/** Somebody at a bash, whose folder stays from one block to the next. */
class Reader {
  private folder: string
  private readonly env: Record<string, string>
  private readonly user: { uid?: number; gid?: number }

  constructor(env: Record<string, string>, user: { uid?: number; gid?: number } = {}) {
    this.folder = env.HOME ?? '/'
    this.env = env
    this.user = user
  }

  /** Follows the blocks as they stand. Throws at the first line that fails, or that prints something else. */
  async follow(blocks: readonly Block[]): Promise<void> {
    let printed = ''
    for (const { language, file, text } of blocks) {
      if (language === 'sh') printed = await this.run(text)
      else if (language === 'ts') writeFileSync(join(this.folder, file), text)
      else for (const line of text.trimEnd().split('\n')) assertPrinted(printed, line)
    }
  }

  private async run(script: string): Promise<string> {
    const where = join(this.env.HOME ?? '/', '.folder')
    const child = spawn('bash', ['-ec', `${script}\npwd >"${where}"`], {
      ...{ cwd: this.folder, env: this.env, ...this.user },
    })
    const { code, stdout, stderr } = await outcome(child)
    assert.equal(code, 0, `${script}\n${stdout}${stderr}`)
    this.folder = readFileSync(where, 'utf8').trim()
    return stdout + stderr
  }
}

/** The line's words, in their order, in one line of what was printed. */
function assertPrinted(printed: string, line: string): void {
  const words = line.split(' ').map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  assert.match(printed, new RegExp(words.join('.*')))
}

describe('plugins from a registry, with an installed agentvm', function () {
  this.timeout(720_000)
  const cli = new InstalledCli()
  let registry: Registry
  let packed: string[]

  before(async () => {
    registry = await Registry.start()
    packed = packAll(cli.folder)
    for (const name of packed) registry.addTarball(join(cli.folder, name))
    for (const name of ['valibot', 'tweetnacl', 'smol-toml', 'typescript', '@types/node', 'undici-types'])
      registry.addFolder(join(ROOT, 'node_modules', name))
    registry.addFolder(join(ROOT, `node_modules/@typescript/typescript-${process.platform}-${process.arch}`))
    cli.install()
  })
  after(() => {
    registry.stop()
    cli.remove()
  })

  describe('the tutorial of docs/extending.md', () => {
    const [, tutorial = ''] = PAGE.split(/^## Tutorial.*$/m)
    const [author = '', others = ''] = (tutorial.split(/^## /m)[0] ?? '').split(/^### .*$/m)
    const user = new ShellUser()
    const elsewhere = mkdtempSync(join(tmpdir(), 'agentvm-somebody-'))
    after(() => {
      user.remove()
      rmSync(elsewhere, { recursive: true, force: true })
    })

    it('gives an author a profile plugin that works, passes its tests, and is published', async () => {
      writeFileSync(user.path('.npmrc'), registry.npmrc())
      await new Reader(shellEnv(user.home, `${user.home}/.local/bin`)).follow(blocksOf(author))
    })

    it('gives it to another user, by its name, in a clean install', async () => {
      writeFileSync(join(elsewhere, '.npmrc'), registry.npmrc())
      mkdirSync(join(elsewhere, '.local/bin'), { recursive: true })
      writeFileSync(join(elsewhere, '.local/bin/parrot'), user.read('.local/bin/parrot'), { mode: 0o755 })
      const isRoot = process.getuid?.() === 0
      if (isRoot) {
        chmodSync(cli.folder, 0o755)
        execFileSync('chown', ['-R', `${SOMEBODY}:${SOMEBODY}`, elsewhere])
      }
      const env = shellEnv(elsewhere, `${elsewhere}/.local/bin:${cli.prefix}/bin`)
      const reader = new Reader(env, isRoot ? { uid: SOMEBODY, gid: SOMEBODY } : {})
      try {
        await reader.follow(blocksOf(others))
      } finally {
        await reader.follow([{ language: 'sh', file: '', text: 'agentvm purge --force\n' }])
      }
    })
  })

  describe('each of our own, alone, where agentvm has none built in', () => {
    const [home, env] = [join(cli.folder, 'alone'), {} as Record<string, string>]
    let node: GitlawbNode
    const agentvm = async (...args: string[]) => {
      const { code, stdout, stderr } = await outcome(spawn(join(cli.prefix, 'bin/agentvm'), args, { env }))
      assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`)
      return stdout
    }

    before(async () => {
      node = await GitlawbNode.start()
      Object.assign(env, shellEnv(home, `${cli.prefix}/bin`), { GITLAWB_NODE: node.url })
      mkdirSync(home)
      writeFileSync(join(home, '.npmrc'), registry.npmrc())
      const builtIn = join(cli.package, 'node_modules/@agentvm')
      for (const name of readdirSync(builtIn)) rmSync(join(builtIn, name), { recursive: true })
      assert.doesNotMatch(await agentvm('plugins', '--core', '--json'), /@agentvm/)
      assert.equal(await agentvm('profiles', '--json'), '[]\n')
      await installAtOnce()
    })
    after(async () => {
      await agentvm('purge', '--force')
      node.stop()
    })

    /** All but three by one run of npm, as `plugins install` leaves them: that takes seconds for each. The models as a user does. */
    async function installAtOnce(): Promise<void> {
      const models = ['@agentvm/profile-gemini', '@agentvm/sandbox-bwrap', '@agentvm/plugin-gitlawb']
      const others = ours().filter((name) => !models.includes(name))
      const folder = join(home, '.agentvm/plugins')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(join(home, '.agentvm'), 0o700)
      const plugins = others.map((name) => ({ name, tag: 'latest', type: 'user' }))
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({
          private: true,
          oclif: { schema: 1, plugins },
          dependencies: Object.fromEntries(others.map((name) => [name, 'latest'])),
        }),
      )
      const { code, stderr } = await outcome(
        spawn('npm', ['install', '--ignore-scripts'], { cwd: folder, env }),
      )
      assert.equal(code, 0, stderr)
      await agentvm('plugins', 'install', '--yes', ...models.map((name) => name.slice('@agentvm/'.length)))
    }

    it('is read without a problem, and brings what it declares', async () => {
      const plugins = JSON.parse(await agentvm('plugins', '--json')) as { name: string; problem: unknown }[]
      assert.deepEqual(plugins.map(({ name }) => name).sort(), ours().sort())
      assert.deepEqual(
        plugins.filter(({ problem }) => problem !== null),
        [],
      )
      const profiles = JSON.parse(await agentvm('profiles', '--json')) as { name: string; plugin: string }[]
      assert.deepEqual(
        profiles.map(({ name }) => `@agentvm/profile-${name}`).sort(),
        ours()
          .filter((name) => name.includes('/profile-'))
          .sort(),
      )
      const sandboxes = JSON.parse(await agentvm('sandboxes', '--json')) as { name: string }[]
      assert.equal(sandboxes.length, ours().filter((name) => name.includes('/sandbox-')).length)
    })

    it('can be written anew by an agentvm without a checkout', async () => {
      const written = await agentvm('plugins', 'new', 'hook', 'x', '--dir', join(home, 'x'), '--json')
      assert.equal(JSON.parse(written).files.length, 7)
    })

    it('is found in order by doctor, which loads all of it', async () => {
      const { stdout } = await outcome(spawn(join(cli.prefix, 'bin/agentvm'), ['doctor', '--json'], { env }))
      const checks = JSON.parse(stdout) as { name: string; status: string; message: string }[]
      const broken = checks.filter(({ name, status }) => name.startsWith('plugin ') && status !== 'ok')
      // Whatever isn't built in any more is named as missing, unless an installed one has its place.
      assert.deepEqual(broken, [])
    })

    it('works: agents are sandboxed, run without a sandbox, and get their DID', async () => {
      assert.equal(await agentvm('run', '--sandbox', 'bwrap', '--net', 'none', '--', 'pwd'), '/workspace\n')
      assert.equal(await agentvm('run', '--sandbox', 'none', '--', 'echo', 'free'), 'free\n')
      const commit = 'git init -q . && git commit -q --allow-empty -m x && git log --format=%G?'
      await agentvm('spawn', 'i1', '--gitlawb', '--net', 'none', '--', 'sh', '-c', commit)
      await agentvm('wait', 'i1')
      assert.match(await agentvm('logs', 'i1'), /^G$/m)
      assert.match(await agentvm('identity', 'show', 'i1', '--json'), /"did:key:z6Mk/)
    })
  })

  /** The names of our plugins, as they were packed. */
  function ours(): string[] {
    return packed
      .map((file) => file.replace(/^agentvm-(.*)-\d+\.\d+\.\d+\.tgz$/, '@agentvm/$1'))
      .filter((name) => name !== '@agentvm/sdk')
  }
})

/** Packs the SDK and all plugins of ours, each as in its folder. Returns the files. */
function packAll(folder: string): string[] {
  const groups = ['plugins', 'profiles', 'sandbox'].flatMap((group) =>
    readdirSync(join(ROOT, group)).map((name) => ['--workspace', `${group}/${name}`]),
  )
  execFileSync(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...groups.flat()],
    {
      cwd: ROOT,
      stdio: 'pipe',
    },
  )
  return readdirSync(folder).filter((name) => /^agentvm-.*\.tgz$/.test(name))
}

/** The environment of a user's shell, with these folders of programs first. */
function shellEnv(home: string, programs: string): Record<string, string> {
  const path = `${programs}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`
  return { HOME: home, PATH: path, TERM: 'xterm-256color', TMUX_TMPDIR: home, NODE_V8_COVERAGE: '' }
}
