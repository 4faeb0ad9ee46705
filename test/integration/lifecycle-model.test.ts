import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { sweepHome } from '../../src/agents/state/sweep.ts'
import { Home } from '../../src/settings/home.ts'
import { processesWith, readProc, TestHome, until } from '../support/agentvm.ts'
import { CliWorker } from '../support/cli-worker.ts'
import { emptyModel, lifecycleSteps, lifecycleWords } from '../support/lifecycle-model.ts'

/** How many commands each of the tests gives; MODEL_COMMANDS=10000 for a night. */
const COMMANDS = Number(process.env.MODEL_COMMANDS ?? 60)
/** How many processes give them at once; MODEL_PROCESSES=50 for a night. */
const PROCESSES = Number(process.env.MODEL_PROCESSES ?? 4)
const LONGEST_RUN = 40

/** The commands that leave one event each about the agent that they name. */
const JOURNALED: Record<string, string> = {
  spawn: 'spawn',
  clone: 'clone',
  rename: 'rename',
  'trash restore': 'restore',
}

const commandOf = ([first, second]: readonly string[]) =>
  first === 'trash' ? `${first} ${second}` : `${first}`

describe('the life cycle of agents', function () {
  this.timeout(COMMANDS * 12_000)
  let home: TestHome
  const workers: CliWorker[] = []
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.stop()
    await home.remove()
  })
  const startWorker = async () => {
    const worker = await CliWorker.start(home.path)
    workers.push(worker)
    return worker
  }

  it('is what a far simpler model says, whatever commands come one after the other', async () => {
    const cli = await startWorker()
    const runs = Math.max(1, Math.round(COMMANDS / (LONGEST_RUN / 2)))
    await fc.assert(
      fc.asyncProperty(lifecycleSteps(LONGEST_RUN), async (commands) => {
        await cli.run('purge', '--force')
        await cli.run('trash', 'empty', '--force')
        await cli.run('env', 'unset', 'K1')
        await cli.run('env', 'unset', 'K2')
        await fc.asyncModelRun(() => ({ model: emptyModel(), real: cli }), commands)
      }),
      { numRuns: runs, endOnFailure: true, ...(process.env.MODEL_COMMANDS ? {} : { seed: 1 }) },
    )
  })

  it('bears many processes that change the same agents at once', async () => {
    const clis = await Promise.all(Array.from({ length: PROCESSES }, startWorker))
    const words = fc.sample(lifecycleWords, {
      numRuns: COMMANDS,
      ...(process.env.MODEL_COMMANDS ? {} : { seed: 2 }),
    })
    const spawned = new Set<string>()
    const done = new Map<string, number>()
    await Promise.all(
      clis.map(async (cli, index) => {
        for (let at = index; at < words.length; at += PROCESSES) {
          const args = words[at] ?? []
          const mayTell = args[0] === 'spawn' || args[0] === 'clone'
          const dashes = args.indexOf('--')
          const json = mayTell
            ? dashes < 0
              ? [...args, '--json']
              : args.toSpliced(dashes, 0, '--json')
            : args
          const { code, stdout, stderr } = await cli.run(...json)
          assert.ok([0, 1, 2].includes(code), `${args.join(' ')}: exit code ${code}: ${stderr}`)
          assert.doesNotMatch(stderr, /unexpected|threw|\n\s+at /, args.join(' '))
          if (mayTell && code === 0) spawned.add(JSON.parse(stdout).id)
          const event = code === 0 ? JOURNALED[commandOf(args)] : undefined
          if (event) done.set(event, (done.get(event) ?? 0) + 1)
        }
        // Its own key, which no other process touches.
        assert.equal((await cli.run('env', 'set', `OWN_${index}=${index}`)).code, 0)
      }),
    )
    const rows = await home.json<AgentRow[]>('list')
    const store = new AgentStore(new Home({ AGENTVM_HOME: home.path }))
    const listed = store.all((problem) => assert.fail(problem.message)).map(({ id }) => id)
    assert.equal(new Set(listed).size, listed.length, 'two agents with one id')
    const trashed = readdirSync(home.file('trash')).flatMap(
      (entry) => /-([a-z0-9]{8})$/.exec(entry)?.[1] ?? [],
    )
    for (const id of spawned) assert.ok(listed.includes(id) || trashed.includes(id), `agent ${id} is lost`)
    for (const { workspace, home: agentHome } of store.all()) {
      for (const folder of [workspace, agentHome]) assert.ok(readdirSync(folder), folder)
    }
    const keys = (await home.json<{ key: string }[]>('env', 'list')).map(({ key }) => key)
    for (let index = 0; index < PROCESSES; index += 1) assert.ok(keys.includes(`OWN_${index}`))
    const journal = readFileSync(join(home.path, 'events.jsonl'), 'utf8').trimEnd().split('\n')
    const written = Map.groupBy(
      journal.map((line): { event: string } => JSON.parse(line)),
      ({ event }) => event,
    )
    for (const event of Object.values(JOURNALED)) {
      const count = written.get(event)?.length ?? 0
      assert.equal(
        count,
        done.get(event) ?? 0,
        `so many '${event}' in the journal, and so many said to be done`,
      )
    }
    const trashings = (written.get('clean')?.length ?? 0) - (written.get('restore')?.length ?? 0)
    assert.equal(trashings, trashed.length, 'so many moved to the trash and not back, and so many there')
    await home.ok('purge', '--force')
    assert.deepEqual(processesWith(`${home.path}/run`), [])
    assert.deepEqual(home.leftovers('state', 'workspaces', 'homes', 'secrets'), [])
    assert.ok(rows.length <= 3)
  })

  it('bears many processes of which one after the other dies at once', async () => {
    const words = fc.sample(lifecycleWords, {
      numRuns: Math.ceil(COMMANDS / 3),
      ...(process.env.MODEL_COMMANDS ? {} : { seed: 3 }),
    })
    const set = new Map<string, string>()
    const ids = new Set<string>()
    let deaths = 0
    const waiting = words.values()
    const busy = new Set<CliWorker>()
    const work = async (index: number) => {
      let cli = await startWorker()
      let round = 0
      for (const args of waiting) {
        const key = `OWN_${index}_${round++}`
        for (const each of [args, ['env', 'set', `${key}=${key} 'of' ${index}`]]) {
          if (!cli.isAlive) cli = await startWorker()
          busy.add(cli)
          const { code, stderr } = await cli.run(...each)
          busy.delete(cli)
          assert.ok([0, 1, 2, 137].includes(code), `${each.join(' ')}: exit code ${code}: ${stderr}`)
          assert.doesNotMatch(stderr, /unexpected|threw|\n\s+at /, each.join(' '))
          if (code === 0 && each !== args) set.set(key, `${key} 'of' ${index}`)
        }
      }
    }
    let isOver = false
    const killer = async () => {
      for (let turn = 0; !isOver && deaths < COMMANDS / 6; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200 + ((turn * 37) % 100)))
        const victim = [...busy][turn % Math.max(busy.size, 1)]
        if (!victim) continue
        deaths += 1
        await victim.kill()
      }
    }
    const dying = killer()
    try {
      await Promise.all(Array.from({ length: PROCESSES }, (_, index) => work(index)))
    } finally {
      isOver = true
      await dying
    }
    assert.ok(deaths > 2, `${deaths} deaths`)

    const rows = await home.json<AgentRow[]>('list')
    const store = new AgentStore(new Home({ AGENTVM_HOME: home.path }))
    const records = store.all((problem) => assert.fail(problem.message))
    for (const { id, workspace, home: agentHome } of records) {
      assert.ok(!ids.has(id), 'two agents with one id')
      ids.add(id)
      for (const folder of [workspace, agentHome]) assert.ok(readdirSync(folder), folder)
    }
    assert.deepEqual(rows.map(({ name }) => name).sort(), records.map(({ name }) => name).sort())
    const cli = await startWorker()
    for (const [key, value] of set) assert.equal((await cli.run('env', 'get', key)).stdout, `${value}\n`)
    const running = rows.flatMap(({ id, status }) => (status === 'running' ? id : []))
    const strange = () =>
      processesWith(`${home.path}/run/`).filter((pid) => {
        const id = /\/run\/([a-z0-9]{8})\//.exec(readProc(`${pid}`, 'cmdline'))?.[1]
        return id !== undefined && !running.includes(id)
      })
    await until(() => strange().length === 0, 'the end of what belongs to no agent')
    for (const name of ['a', 'b', 'c']) {
      const { code, stderr } = await cli.run('spawn', name, '--net', 'none', '--', 'sleep', '1000')
      assert.ok(code === 0 || /is already running/.test(stderr), `${name} can't be started: ${stderr}`)
    }
    await home.ok('purge', '--force')
    assert.deepEqual(processesWith(`${home.path}/run`), [])
    sweepHome(new Home({ AGENTVM_HOME: home.path }))
    assert.deepEqual(home.leftovers('state', 'workspaces', 'homes', 'secrets'), [])
    const locks = readdirSync(home.path, { recursive: true }).filter((name) =>
      /\.lock(?:\.break)?$/.test(`${name}`),
    )
    assert.deepEqual(
      locks.filter((name) => !/attendant/.test(`${name}`)),
      [],
    )
  })
})
