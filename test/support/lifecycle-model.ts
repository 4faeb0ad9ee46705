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

abstract class Step implements fc.AsyncCommand<LifecycleModel, CliWorker> {
  abstract readonly args: string[]
  check(): boolean {
    return true
  }
  toString(): string {
    return `agentvm ${this.args.join(' ')}`
  }
  /** Changes the model. Returns what the command must say if it is to refuse. */
  abstract apply(model: LifecycleModel): RegExp | undefined

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

class Spawn extends Step {
  readonly args: string[]
  private readonly name: string
  constructor(name: string) {
    super()
    this.name = name
    this.args = ['spawn', name, '--net', 'none', '--', 'sleep', '1000']
  }
  apply(model: LifecycleModel): RegExp | undefined {
    const known = model.agents.get(this.name)
    if (known?.running) return /is already running/
    if (known) known.running = true
    else model.agents.set(this.name, { id: '', running: true, work: '' })
    return undefined
  }
}

class Restart extends Step {
  readonly args: string[]
  private readonly name: string
  constructor(name: string) {
    super()
    this.name = name
    this.args = ['restart', name]
  }
  apply(model: LifecycleModel): RegExp | undefined {
    const known = model.agents.get(this.name)
    if (!known) return unknown(this.name)
    known.running = true
    return undefined
  }
}

class Kill extends Step {
  readonly args: string[]
  private readonly name: string
  constructor(name: string) {
    super()
    this.name = name
    this.args = ['kill', name]
  }
  apply(model: LifecycleModel): RegExp | undefined {
    const known = model.agents.get(this.name)
    if (!known) return unknown(this.name)
    if (!known.running) return /is not running/
    known.running = false
    return undefined
  }
}

class Rename extends Step {
  readonly args: string[]
  private readonly from: string
  private readonly to: string
  constructor(from: string, to: string) {
    super()
    this.from = from
    this.to = to
    this.args = ['rename', from, to]
  }
  apply({ agents }: LifecycleModel): RegExp | undefined {
    const known = agents.get(this.from)
    if (!known) return unknown(this.from)
    if (this.from === this.to) return /is called so already/
    if (agents.has(this.to)) return new RegExp(`'${this.to}'`)
    agents.delete(this.from)
    agents.set(this.to, known)
    return undefined
  }
}

class Clone extends Step {
  readonly args: string[]
  private readonly from: string
  private readonly to: string
  constructor(from: string, to: string) {
    super()
    this.from = from
    this.to = to
    this.args = ['clone', from, to]
  }
  apply({ agents }: LifecycleModel): RegExp | undefined {
    const known = agents.get(this.from)
    if (!known) return unknown(this.from)
    if (agents.has(this.to)) return new RegExp(`'${this.to}'`)
    agents.set(this.to, { id: '', running: false, work: known.work })
    return undefined
  }
}

class Clean extends Step {
  readonly args = ['clean', '--force']
  apply(model: LifecycleModel): undefined {
    for (const [name, { id, running, work }] of model.agents) {
      if (running) continue
      model.agents.delete(name)
      model.trash.push({ id, name, work })
    }
  }
}

class Restore extends Step {
  readonly args: string[]
  private readonly name: string
  constructor(name: string) {
    super()
    this.name = name
    this.args = ['trash', 'restore', name]
  }
  apply(model: LifecycleModel): RegExp | undefined {
    const found = model.trash.filter(({ name }) => name === this.name)
    const [entry, ...others] = found
    if (!entry) return /the trash holds no agent/
    if (others.length > 0) return /the trash holds \d+ agents called/
    if (model.agents.has(this.name)) return /there is an agent/
    model.trash = model.trash.filter((each) => each !== entry)
    model.agents.set(this.name, { id: entry.id, running: false, work: entry.work })
    return undefined
  }
}

class SetEnv extends Step {
  readonly args: string[]
  private readonly pair: readonly [string, string]
  constructor(key: string, value: string) {
    super()
    this.pair = [key, value]
    this.args = ['env', 'set', `${key}=${value}`]
  }
  apply({ env }: LifecycleModel): undefined {
    env.set(...this.pair)
  }
}

class UnsetEnv extends Step {
  readonly args: string[]
  private readonly key: string
  constructor(key: string) {
    super()
    this.key = key
    this.args = ['env', 'unset', key]
  }
  apply({ env }: LifecycleModel): RegExp | undefined {
    return env.delete(this.key) ? undefined : /is not set/
  }
}

/** Looks whether agentvm's world is the model's; gives each new agent a piece of work of its own. */
async function compare(model: LifecycleModel, cli: CliWorker): Promise<void> {
  const rows = await cli.json<AgentRow[]>('list')
  assert.deepEqual(
    rows.map(({ name, status }) => [name, status]),
    [...model.agents].map(([name, { running }]) => [name, running ? 'running' : 'dead']).sort(),
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
const steps = {
  spawn: name.map((one) => new Spawn(one)),
  restart: name.map((one) => new Restart(one)),
  kill: name.map((one) => new Kill(one)),
  rename: fc.tuple(name, name).map(([from, to]) => new Rename(from, to)),
  clone: fc.tuple(name, name).map(([from, to]) => new Clone(from, to)),
  clean: fc.constant(new Clean()),
  restore: name.map((one) => new Restore(one)),
  setEnv: fc.tuple(key, fc.string({ maxLength: 20 })).map(([one, value]) => new SetEnv(one, value)),
  unsetEnv: key.map((one) => new UnsetEnv(one)),
}

/** Any commands of the life cycle, on few names, so that they meet each other. */
export const lifecycleSteps = (count: number) =>
  fc.commands<LifecycleModel, CliWorker, false>(Object.values(steps), { size: 'max', maxCommands: count })

/** The words of any one of these commands. */
export const lifecycleWords: fc.Arbitrary<string[]> = fc
  .oneof(...Object.values(steps))
  .map(({ args }) => args)
