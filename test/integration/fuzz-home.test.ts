import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { type CliResult, processesWith, TestHome } from '../support/agentvm.ts'
import { CliWorker } from '../support/cli-worker.ts'
import { damage } from '../support/damage.ts'
import { fuzzing } from '../support/fuzz.ts'

/** Commands that look at what lies in a home, and some that change it. */
const COMMANDS: readonly (readonly string[])[] = [
  ...[['list'], ['list', '--json'], ['ps'], ['history'], ['history', '--json'], ['stats', '--json']],
  ...[
    ['info', 'a1'],
    ['info', 's1', '--json'],
    ['logs', 'a1'],
    ['logs', 's1'],
    ['diff', 'a1'],
    ['net', 's1'],
  ],
  ...[
    ['trash', 'list'],
    ['trash', 'list', '--json'],
    ['trash', 'restore', 't1'],
  ],
  ...[
    ['queue', 'list', 's1'],
    ['queue', 'list', 's1', '--json'],
    ['queue', 'remove', 's1', 'q1'],
  ],
  ...[
    ['exec', 's1', '--queue', '--id', 'q2', 'x'],
    ['exec', 's1', 'x'],
  ],
  ...[
    ['env', 'list'],
    ['env', 'get', 'K'],
    ['env', 'set', 'K2=v'],
    ['config', 'list'],
    ['config', 'set', 'AGENTVM_TRASH_DAYS', '4'],
  ],
  ...[
    ['profiles'],
    ['profiles', 'show', 'own'],
    ['profiles', 'show', 'old'],
    ['plugins'],
    ['sandboxes'],
    ['clean'],
  ],
  ...[
    ['provenance', 'list'],
    ['provenance', 'show', 'a1'],
    ['verify', 'a1'],
    ['verify', 's1'],
    ['provenance', 'export', 'a1'],
  ],
  ...[
    ['policy', 's1'],
    ['policy', 'explain', 's1', '/etc/passwd'],
    ['activity', 'explain', 's1'],
    ['identity', 'list'],
  ],
  ...[
    ['rename', 'a1', 'b1'],
    ['clone', 'a1', 'c1'],
    ['kill', 'a1'],
    ['restart', 'a1'],
    ['up', '--dry-run'],
    ['wait', 'a1'],
  ],
]

describe('a home in which something is damaged', function () {
  this.timeout(600_000)
  let home: TestHome
  let cli: CliWorker
  let files: Files
  before(async () => {
    home = new TestHome()
    await home.ok('env', 'set', 'K=v')
    await home.ok('config', 'set', 'AGENTVM_TRASH_DAYS', '3')
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    const activity = { rules: [{ id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' }] }
    writeFileSync(
      home.file('profiles/own.json'),
      JSON.stringify({ command: ['cat'], prompt: { via: 'typed' }, activity }),
    )
    writeFileSync(home.file('profiles/old.env'), 'PROFILE_CMD="cat"\n')
    const seed = join(dirname(home.path), 'seed')
    mkdirSync(seed)
    writeFileSync(join(seed, 'seeded.txt'), 'seed\n')
    const work = ['--from-dir', seed, '--', 'sh', '-c', 'echo x >work.txt; exit 3']
    for (const name of ['a1', 't1']) {
      await home.ok('spawn', name, '-t', 'k=v', '-m', 'do', '-e', 'TOKEN=s', '--net', 'none', ...work)
      await home.ok('wait', name).catch(() => {})
    }
    await home.ok('clean', 't1', '--force')
    await home.ok('spawn', 's1', '--net', 'none', '-p', 'own')
    await home.ok('exec', 's1', '--queue', '--id', 'q1', 'hello')
    cli = await CliWorker.start(home.path, { env: { CLI_WORKER_RELOADS: '1' } })
    await cli.run('list')
    files = new Files(home.path)
  })
  after(async () => {
    files?.restore()
    cli?.stop()
    await home.remove()
  })

  it('is told of in words; no command crashes, hangs, ends what runs or loses work', async () => {
    const [agent] = processesWith(`${home.path}/run`)
    assert.ok(agent)
    const harm = fc.record({
      file: fc.constantFrom(...files.names),
      damage: fc.noShrink(damage),
      commands: fc.shuffledSubarray([...COMMANDS], { minLength: 3, maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(harm, async ({ file, damage, commands }) => {
        const path = home.file(file)
        const mode = lstatSync(path).mode
        try {
          writeFileSync(path, damage.of(readFileSync(path)), { mode })
          for (const args of commands) {
            const { code, stderr } = await cli.run(...args)
            const told = `${file}: ${damage.what}\nagentvm ${args.join(' ')}: exit code ${code}\n${stderr}`
            assert.ok(cli.isAlive && code <= 2, told)
            assert.doesNotMatch(stderr, /unexpected|threw|\n\s+at /, told)
            assert.doesNotMatch(stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, told)
          }
          assert.ok(process.kill(agent, 0), `the agent was ended: ${file}: ${damage.what}`)
        } finally {
          files.restore()
        }
      }),
      fuzzing(12),
    )
  })

  it('by a power failure that left nothing or a half of a file, loses nothing else, and says which file it is', async () => {
    const [agent] = processesWith(`${home.path}/run`)
    const rows = await cli.json<AgentRow[]>('list')
    const known = (row: AgentRow | undefined) => row && [row.name, row.id, row.status, row.tags]
    for (const file of files.names.filter((name) => !OF_NO_COMMAND.test(name))) {
      const path = home.file(file)
      for (const share of [0, 0.5]) {
        const whole = readFileSync(path)
        writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)))
        const told = (args: readonly string[], { code, stdout, stderr }: CliResult) =>
          `${file}, of which ${share} is left: ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`
        const list = await cli.run('list', '--json')
        const left = list.code === 0 ? (JSON.parse(list.stdout) as AgentRow[]) : []
        for (const row of rows) {
          const isItsOwn = file === 'config' || file === `state/${row.name}.env`
          const now = left.find(({ name }) => name === row.name)
          if (isItsOwn && !now) assert.ok((list.stdout + list.stderr).includes(path), told(['list'], list))
          else assert.deepEqual(known(now), known(row), told(['list'], list))
        }
        const { commands, says } = USES.find(({ of }) => of.test(file)) ?? {}
        for (const args of commands ?? []) {
          const result = await cli.run(...args)
          const all = told(args, result)
          assert.ok(cli.isAlive && result.code <= 2, all)
          assert.doesNotMatch(result.stderr, /unexpected|threw|\n\s+at /, all)
          if (result.code > 0) assert.match(result.stdout + result.stderr, says ?? new RegExp(path), all)
        }
        assert.ok(agent && process.kill(agent, 0), `the agent was ended: ${file}`)
        files.restore()
        rmSync(home.file('workspaces/t1'), { recursive: true, force: true })
      }
    }
  })
})

/** What no command reads but those that copy it. */
const OF_NO_COMMAND = /^(?:cache\/etc|homes|trash\/[^/]+\/(?:home|baseline))\//

/** The commands that use the files of that name, and what one is refused with that doesn't name the file. */
const USES: { of: RegExp; commands: string[][]; says?: RegExp }[] = [
  {
    of: /^env$/,
    commands: [
      ['env', 'list'],
      ['env', 'set', 'K2=v'],
    ],
  },
  { of: /^config$/, commands: [['config', 'list']] },
  {
    of: /^state\/a1/,
    commands: [
      ['info', 'a1'],
      ['logs', 'a1'],
    ],
  },
  {
    of: /^state\/s1/,
    commands: [
      ['info', 's1'],
      ['logs', 's1'],
      ['exec', 's1', 'x'],
    ],
  },
  { of: /^secrets\//, commands: [['restart', 'a1']], says: /secrets\/|TOKEN/ },
  { of: /^messages\//, commands: [['queue', 'list', 's1']] },
  { of: /^(?:events|history)/, commands: [['history']] },
  { of: /^baselines\//, commands: [['diff', 'a1']], says: /baselines\// },
  {
    of: /^run\//,
    commands: [
      ['policy', 's1'],
      ['info', 's1'],
    ],
    says: /agent 's1' has no policy: it is damaged/,
  },
  {
    of: /^trash\//,
    commands: [
      ['trash', 'list'],
      ['trash', 'restore', 't1'],
    ],
  },
  {
    of: /^provenance\//,
    commands: [
      ['provenance', 'list'],
      ['verify', 'a1'],
    ],
    says: /a1: FAILED|home-key\.pem/,
  },
  { of: /^profiles\/own/, commands: [['profiles', 'show', 'own']] },
  { of: /^profiles\/old/, commands: [['profiles', 'show', 'old']] },
  { of: /^cache\//, commands: [['spawn', 'x1', '--dry-run', '--', 'true']] },
]

/** The files of a home that are agentvm's own, as they were. */
class Files {
  private readonly root: string
  private readonly kept: Map<string, { content: Buffer; mode: number }>

  constructor(root: string) {
    this.root = root
    this.kept = new Map(this.read().map((name) => [name, this.look(name)]))
  }

  get names(): string[] {
    return [...this.kept.keys()].filter(
      (name) => !/\.(?:pem|lock)$|tmux\.conf$|\/(?:launch|log-pipe)$|workspace/.test(name),
    )
  }

  /** Puts back what was changed, and takes away what was made, where who made it in the background hasn't. */
  restore(): void {
    for (const name of this.read()) if (!this.kept.has(name)) rmSync(join(this.root, name), { force: true })
    for (const [name, { content, mode }] of this.kept) {
      const path = join(this.root, name)
      if (existsSync(path) && readFileSync(path).equals(content)) continue
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, content)
      chmodSync(path, mode)
    }
  }

  private read(): string[] {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(this.root.length + 1))
  }

  private look(name: string): { content: Buffer; mode: number } {
    const path = join(this.root, name)
    return { content: readFileSync(path), mode: lstatSync(path).mode & 0o777 }
  }
}
