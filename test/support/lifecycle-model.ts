import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { AgentRow } from '../../src/agents/report/view.ts'
import type { TrashEntry } from '../../src/agents/trash/entries.ts'
import type { CliWorker } from './cli-worker.ts'

/** What there should be, kept by rules far simpler than agentvm's own. */
export interface LifecycleModel {
  agents: Map<string, { id: string; running: boolean; work: string }>
  trash: { id: string; name: string; work: string }[]
  env: Map<string, string>
  /** Serial number of the next piece of work. */
  works: number
}

export const emptyModel = (): LifecycleModel => ({ agents: new Map(), trash: [], env: new Map(), works: 0 })

/** Where each agent keeps what it has made. */
const WORK = 'work.txt'
const NAMES = ['a', 'b', 'c'] as const

/** A command, and what it makes of the model: it returns what the command must say if it is to be refused. */
class Step implements fc.AsyncCommand<LifecycleModel, CliWorker> {
  readonly args: string[]
  private readonly apply: (model: LifecycleModel) => RegExp | undefined

  constructor(args: string[], apply: (model: LifecycleModel) => RegExp | undefined) {
    this.args = args
    this.apply = apply
  }

  check(): boolean {
    return true
  }

  toString(): string {
    return `agentvm ${this.args.join(' ')}`
  }

  async run(model: LifecycleModel, cli: CliWorker): Promise<void> {
    const refusal = this.apply(model)
    const { code, stderr } = await cli.run(...this.args)
    if (refusal) {
      assert.ok(code === 1 || code === 2, `${this}: exit code ${code}, should have been refused: ${refusal}`)
      assert.match(stderr, refusal)
    } else assert.equal(code, 0, `${this}: ${stderr}`)
    await compare(model, cli)
  }
}

const unknown = (name: string) => new RegExp(`there is no agent '${name}'`)

const spawn = (name: string) =>
  new Step(['spawn', name, '--net', 'none', '--', 'sleep', '1000'], ({ agents }) => {
    const known = agents.get(name)
    if (known?.running) return /is already running/
    if (known) known.running = true
    else agents.set(name, { id: '', running: true, work: '' })
    return undefined
  })

const restart = (name: string) =>
  new Step(['restart', name], ({ agents }) => {
    const known = agents.get(name)
    if (!known) return unknown(name)
    known.running = true
    return undefined
  })

const kill = (name: string) =>
  new Step(['kill', name], ({ agents }) => {
    const known = agents.get(name)
    if (!known?.running) return known ? /is not running/ : unknown(name)
    known.running = false
    return undefined
  })

const rename = ([from, to]: readonly [string, string]) =>
  new Step(['rename', from, to], ({ agents }) => {
    const known = agents.get(from)
    if (!known) return unknown(from)
    if (from === to) return /is called so already/
    if (agents.has(to)) return new RegExp(`'${to}'`)
    agents.delete(from)
    agents.set(to, known)
    return undefined
  })

const clone = ([from, to]: readonly [string, string]) =>
  new Step(['clone', from, to], ({ agents }) => {
    const known = agents.get(from)
    if (!known) return unknown(from)
    if (agents.has(to)) return new RegExp(`'${to}'`)
    agents.set(to, { id: '', running: false, work: known.work })
    return undefined
  })

const clean = new Step(['clean', '--force'], ({ agents, trash }) => {
  for (const [name, { id, running, work }] of agents) {
    if (running) continue
    agents.delete(name)
    trash.push({ id, name, work })
  }
  return undefined
})

const restore = (name: string) =>
  new Step(['trash', 'restore', name], (model) => {
    const [entry, ...others] = model.trash.filter((each) => each.name === name)
    if (!entry) return /the trash holds no agent/
    if (others.length > 0) return /the trash holds \d+ agents called/
    if (model.agents.has(name)) return /there is an agent/
    model.trash = model.trash.filter((each) => each !== entry)
    model.agents.set(name, { id: entry.id, running: false, work: entry.work })
    return undefined
  })

const setEnv = ([key, value]: readonly [string, string]) =>
  new Step(['env', 'set', `${key}=${value}`], ({ env }) => {
    env.set(key, value)
    return undefined
  })

const unsetEnv = (key: string) =>
  new Step(['env', 'unset', key], ({ env }) => (env.delete(key) ? undefined : /is not set/))

const history = new Step(['history', '-n', '20'], () => undefined)

/** Looks whether agentvm's world is the model's; gives each new agent a piece of work of its own. */
async function compare(model: LifecycleModel, cli: CliWorker): Promise<void> {
  const rows = await cli.json<AgentRow[]>('list')
  assert.deepEqual(
    rows.map(({ name, status }) => [name, status]),
    [...model.agents].map(([name, { running }]) => [name, running ? 'running' : 'dead']).sort(),
    `not [NAME, STATUS] as in the model ${JSON.stringify([...model.agents])}: ${JSON.stringify(rows)}`,
  )
  for (const row of rows) {
    const agent = model.agents.get(row.name)
    if (!agent) continue
    if (agent.id === '') agent.id = row.id
    assert.equal(row.id, agent.id, `the id of ${row.name}`)
    if (agent.work === '') {
      agent.work = `piece ${++model.works}`
      writeFileSync(join(row.workspace, WORK), agent.work)
    }
    assert.equal(readFileSync(join(row.workspace, WORK), 'utf8'), agent.work)
  }
  const trash = await cli.json<TrashEntry[]>('trash', 'list')
  const known = (entries: { id: string; name: string }[]) =>
    entries.map(({ id, name }) => `${name} ${id}`).sort()
  assert.deepEqual(known(trash), known(model.trash))
  const env = await cli.json<{ key: string }[]>('env', 'list')
  assert.deepEqual(env.map(({ key }) => key).sort(), [...model.env.keys()].sort())
}

const name = fc.constantFrom(...NAMES)
const key = fc.constantFrom('K1', 'K2')
const steps: fc.Arbitrary<Step>[] = [
  ...[name.map(spawn), name.map(restart), name.map(kill)],
  ...[fc.tuple(name, name).map(rename), fc.tuple(name, name).map(clone)],
  ...[fc.constant(clean), name.map(restore)],
  ...[fc.tuple(key, fc.string({ maxLength: 20 })).map(setEnv), key.map(unsetEnv), fc.constant(history)],
]

/** Any commands of the life cycle, on few names, so that they meet each other. */
export const lifecycleSteps = (count: number) =>
  fc.commands<LifecycleModel, CliWorker, false>(steps, { size: 'max', maxCommands: count })

/** The words of any one of these commands. */
export const lifecycleWords: fc.Arbitrary<string[]> = fc
  .oneof(...Object.values(steps))
  .map(({ args }) => args)
