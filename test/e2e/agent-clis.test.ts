import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { AgentInfo } from '../../src/agents/report/view.ts'
import type { ReportedEvent } from '../../src/agents/run/run-report.ts'
import { chosenClis, installedFolder } from '../support/agent-clis.ts'
import { TestHome, until } from '../support/agentvm.ts'
import { gate, ModelApi } from '../support/model-api/model-api.ts'
import type { Asked } from '../support/model-api/protocol.ts'

/** Milliseconds that a CLI may take to come up, or to finish a turn, on a busy machine. */
const PATIENCE = 60_000

/** 300 lines, none like another, with what a terminal or a shell could trip over. */
const PROMPT = Array.from(
  { length: 300 },
  (_, line) => `${line}: write "it's" \`out.txt\` $HOME \\n ü€😀`,
).join('\n')
const SECOND = 'Now say it again:\nin two lines'
const THIRD = 'And once more'

for (const cli of chosenClis()) {
  const { name } = cli.profile
  describe(`the real ${name}, in the default sandbox, against a stand-in for its provider`, function () {
    this.timeout(4 * PATIENCE)
    let api: ModelApi
    let home: TestHome
    let user: string
    let folder: string

    before(async function () {
      const installed = installedFolder(cli)
      if ('problem' in installed) {
        process.stderr.write(`\nNOT TESTED: ${name} can't be installed here: ${installed.problem}\n\n`)
        return this.skip()
      }
      folder = installed.folder
      api = await ModelApi.start()
      home = new TestHome()
      user = mkdtempSync(join(tmpdir(), 'agentvm-user-'))
      put('.claude/settings.json', '{"theme": "light"}\n')
      put('.codex/config.toml', '# mine\nmodel_reasoning_effort = "low"\n')
      put('.gemini/settings.json', '{"ui": {"hideTips": true}}\n')
      put('.config/opencode/opencode.json', '{"theme": "system"}\n')
    })
    after(async () => {
      api?.stop()
      await home?.remove()
      if (user) rmSync(user, { recursive: true, force: true })
    })

    const put = (path: string, content: string) => {
      mkdirSync(dirname(join(user, path)), { recursive: true })
      writeFileSync(join(user, path), content)
    }
    const base = () => `http://host.agentvm.internal:${api.port}`
    const agentvm = async (...args: string[]) => {
      const env = {
        ...cli.env(base()),
        HOME: user,
        XDG_CACHE_HOME: join(home.path, '..', 'cache'),
        PATH: `${folder}:${process.env.PATH}`,
      }
      const result = await home.run(args, { env })
      return { ...result, stderr: result.stderr.trim() }
    }
    const ok = async (...args: string[]) => {
      const { code, stdout, stderr } = await agentvm(...args)
      assert.equal(code, 0, `agentvm ${args[0]}: ${stdout}${stderr}`)
      return stdout
    }
    const start = (agent: string, ...args: string[]) => [
      ...['spawn', agent, '--allow', `host.agentvm.internal:${api.port}`],
      ...Object.keys(cli.env('')).flatMap((variable) => ['-e', variable]),
      ...args,
    ]
    const look = async (agent: string) => JSON.parse(await ok('info', agent, '--json')) as AgentInfo
    const untilActivity = async (agent: string, ...wanted: string[]) => {
      try {
        return await until(
          async () => {
            const { activity, activity_reason: reason } = await look(agent)
            return wanted.includes(activity) || wanted.includes(`${activity} ${reason}`)
          },
          `${agent} ${wanted.join(' or ')}`,
          PATIENCE,
        )
      } catch (error) {
        const screen = await ok('logs', agent, '--screen')
        throw new Error(`${(error as Error).message}\n${screen}`, { cause: error })
      }
    }

    it('takes its prompt once and whole, works, uses a tool, goes on with the next message, and is resumed', async () => {
      const before = filesOf(user)
      const held = gate()
      api.script = async (asked) => {
        await held.opened
        return asked.said.at(-1)?.role === 'tool'
          ? { say: 'It is written.' }
          : { say: 'I write.', call: cli.write }
      }
      put('prompt.md', PROMPT)
      await ok(...start('worker', '-p', name, '--prompt', join(user, 'prompt.md')))
      rmSync(join(user, 'prompt.md'))
      const first = await until(() => api.asked[0], 'a request', PATIENCE)
      assert.equal(times(PROMPT, first), 1)
      await untilActivity('worker', 'working')
      const queued = JSON.parse(await ok('exec', '--json', 'worker', '--queue', SECOND))
      assert.equal(queued.outcome, 'queued')
      held.open()
      const second = await until(
        () => api.asked.find((asked) => says(asked, SECOND)),
        'the second turn',
        PATIENCE,
      )
      assert.equal(readFileSync(home.file('workspaces', 'worker', 'out.txt'), 'utf8').trim(), 'hello')
      assert.equal(times(PROMPT, second), 1)
      assert.ok(says(second, 'It is written.', 'model'), 'the second message came after the first turn')
      assert.equal(
        api.asked.filter((asked) => !says(asked, SECOND)).length,
        2,
        'the first turn was two requests',
      )
      await untilActivity('worker', 'idle')
      const { conversation, activity_source } = await look('worker')
      if (cli.profile.events) assert.deepEqual([typeof conversation, activity_source], ['string', 'events'])

      await ok('restart', 'worker')
      await untilActivity('worker', 'idle')
      await ok('exec', 'worker', '--wait', THIRD)
      const third = await until(
        () => api.asked.find((asked) => says(asked, THIRD)),
        'the third turn',
        PATIENCE,
      )
      assert.ok(says(third, SECOND), 'the conversation went on after the restart')
      assert.equal((await look('worker')).conversation, conversation)
      assert.equal(times(PROMPT, third), 1)
      await ok('kill', 'worker')
      assert.deepEqual(filesOf(user), before)
    })

    it('waits for a permission, where it is not let loose', async () => {
      const { setup, headless: _, ...profile } = cli.profile
      const env = { ...cli.env(base()), ...cli.askEnv }
      const files = await setup?.({
        ...{ workspace: '/workspace', home: '/home/agent', envNames: Object.keys(env) },
        ...{ env: (variable: string) => env[variable as keyof typeof env], read: async () => undefined },
      })
      for (const { path, content } of files ?? []) put(path, content)
      const copy = [...profile.state.copy, ...(files ?? []).map(({ path }) => path)]
      const asking = { ...profile, name: 'asking', autonomousArgs: cli.askArgs, state: { copy, never: [] } }
      mkdirSync(home.file('profiles'), { recursive: true })
      writeFileSync(home.file('profiles', 'asking.json'), JSON.stringify(asking))
      api.script = (asked) =>
        asked.said.at(-1)?.role === 'tool' ? { say: 'Written.' } : { say: 'May I?', call: cli.risky }
      const more = Object.entries(cli.askEnv).flatMap(([key, value]) => ['-e', `${key}=${value}`])
      await ok(...start('asker', '-p', 'asking', '-m', 'write it', ...more))
      await untilActivity('asker', 'waiting permission')
      await ok('kill', 'asker')
    })

    it('runs once, and says its answer, its events, what it used, and that it failed', async () => {
      const args = start('once', '-p', name, '-m', 'write it').slice(2)
      api.script = (asked) =>
        asked.said.at(-1)?.role === 'tool'
          ? { say: 'The answer is 42.' }
          : { say: 'I write.', call: cli.write }
      const { code, stdout, stderr } = await agentvm('run', ...args)
      assert.deepEqual([code, stdout], [0, 'The answer is 42.\n'], stderr)
      assert.match(stderr.split('\n').at(-1) ?? '', /^[\d,]+ tokens in, \d+ out/)

      api.script = () => ({ fail: 400, message: 'refused by the stand-in' })
      const failed = await agentvm('run', ...args, '--json')
      const events = failed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as ReportedEvent)
      const result = events.at(-1)
      assert.equal(result?.type, 'result')
      assert.notEqual(failed.code, 0)
      assert.equal(result.exit_code, failed.code)
      assert.match(result.error ?? '', /refused by the stand-in/)
    })
  })
}

function says({ said }: Asked, text: string, role = 'user'): boolean {
  return said.some((part) => part.role === role && part.text.includes(text))
}

/** How often the user says a text in a conversation. */
function times(text: string, { said }: Asked): number {
  return said
    .filter(({ role }) => role === 'user')
    .reduce((sum, part) => sum + part.text.split(text).length - 1, 0)
}

/** Every file of a folder, by its content. */
function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return Object.fromEntries(
    paths.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}
