import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { outcome } from '../support/agentvm.ts'
import { InstalledCli, ROOT } from '../support/cli-installed.ts'
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

describe('the tutorial of docs/extending.md', function () {
  this.timeout(180_000)
  const [, tutorial = ''] = PAGE.split(/^## Tutorial.*$/m)
  const [author = '', others = ''] = (tutorial.split(/^## /m)[0] ?? '').split(/^### .*$/m)
  const cli = new InstalledCli()
  const user = new ShellUser()
  const elsewhere = mkdtempSync(join(tmpdir(), 'agentvm-somebody-'))
  let registry: Registry

  before(async () => {
    registry = await Registry.start()
    await registry.publish(join(ROOT, 'plugins/sdk'))
    for (const name of ['valibot', 'typescript', '@types/node', 'undici-types', ...compilers()])
      registry.addFolder(join(ROOT, 'node_modules', name))
    cli.install()
  })
  after(async () => {
    registry.stop()
    user.remove()
    cli.remove()
    rmSync(elsewhere, { recursive: true, force: true })
  })

  it('gives an author a profile plugin that works, passes its tests, and is published', async () => {
    writeFileSync(user.path('.npmrc'), registry.npmrc())
    await new Reader({ ...shellEnv(user.home), PATH: `${user.home}/.local/bin:${systemPath()}` }).follow(
      blocksOf(author),
    )
  })

  it('gives it to another user, by its name, in a clean install', async () => {
    writeFileSync(join(elsewhere, '.npmrc'), registry.npmrc())
    mkdirSync(join(elsewhere, '.local/bin'), { recursive: true })
    writeFileSync(join(elsewhere, '.local/bin/parrot'), user.read('.local/bin/parrot'), { mode: 0o755 })
    const isRoot = process.getuid?.() === 0
    if (isRoot) {
      chmodSync(cli.folder, 0o755)
      execFileSync('chown', ['-R', `${SOMEBODY}:${SOMEBODY}`, elsewhere])
      chownSync(elsewhere, SOMEBODY, SOMEBODY)
    }
    const path = `${elsewhere}/.local/bin:${cli.prefix}/bin:${systemPath()}`
    const reader = new Reader(
      { ...shellEnv(elsewhere), PATH: path },
      isRoot ? { uid: SOMEBODY, gid: SOMEBODY } : {},
    )
    try {
      await reader.follow(blocksOf(others))
    } finally {
      await reader.follow([{ language: 'sh', file: '', text: 'agentvm purge --force\n' }])
    }
  })
})

/** The compiler's own packages for this machine. */
function compilers(): string[] {
  const { platform, arch } = process
  return [`@typescript/typescript-${platform}-${arch}`]
}

function systemPath(): string {
  return `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`
}

function shellEnv(home: string): Record<string, string> {
  return { HOME: home, TERM: 'xterm-256color', TMUX_TMPDIR: home, NODE_V8_COVERAGE: '' }
}
