import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { Home } from '../../src/settings/home.ts'
import { processesWith, TestHome } from '../support/agentvm.ts'
import { CliWorker } from '../support/cli-worker.ts'
import { emptyModel, lifecycleSteps, lifecycleWords } from '../support/lifecycle-model.ts'

/** How many commands each of the tests gives; MODEL_COMMANDS=10000 for a night. */
const COMMANDS = Number(process.env.MODEL_COMMANDS ?? 60)
const LONGEST_RUN = 40

describe('the life cycle of agents', function () {
  this.timeout(COMMANDS * 3_000)
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
    const PROCESSES = 4
    const clis = await Promise.all(Array.from({ length: PROCESSES }, startWorker))
    const words = fc.sample(lifecycleWords, {
      numRuns: COMMANDS,
      ...(process.env.MODEL_COMMANDS ? {} : { seed: 2 }),
    })
    const spawned = new Set<string>()
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
    for (const line of journal) JSON.parse(line)
    await home.ok('purge', '--force')
    assert.deepEqual(processesWith(`${home.path}/run`), [])
    assert.deepEqual(home.leftovers('state', 'workspaces', 'homes', 'secrets'), [])
    assert.ok(rows.length <= 3)
  })
})
