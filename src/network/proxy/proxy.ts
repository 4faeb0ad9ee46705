import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../../settings/home.ts'
import { isOwnerAlive } from '../../system/processes.ts'
import {
  CONTROL_VERSION,
  type ControlAnswer,
  type ControlRequest,
  OTHER_VERSION,
  type Registration,
} from '../control.ts'
import { AgentService } from './agent-service.ts'
import type { Resolver } from './decide.ts'

/** All agents of one home that have an allow-list. */
export class AgentProxy {
  private readonly home: Home
  private readonly resolve: Resolver
  private readonly agents = new Map<string, { service: AgentService; owner: string; name: string }>()

  private last: Promise<unknown> = Promise.resolve()

  constructor(home: Home, resolve: Resolver) {
    this.home = home
    this.resolve = resolve
  }

  /** Does what a control message asks, one after the other. `stop` is the caller's. */
  handle(request: ControlRequest): Promise<ControlAnswer> {
    const answer = this.last.then(() => this.act(request))
    this.last = answer.catch(() => {})
    return answer
  }

  private async act(request: ControlRequest): Promise<ControlAnswer> {
    if (request.version !== CONTROL_VERSION) return { ok: false, problem: OTHER_VERSION }
    let closed = 0
    if (request.op !== 'stop') {
      const isNew = ({ id }: Registration) => !this.agents.has(id)
      const agents = request.op === 'serve' ? request.agents : request.agents.filter(isNew)
      for (const agent of agents) closed += await this.serve(agent)
    }
    return { ok: true, closed, serving: [...this.agents.keys()] }
  }

  /** Drops the agents that have ended. Returns how many are left. */
  sweep(): number {
    for (const [id, { service, owner }] of this.agents) {
      if (isOwnerAlive(owner)) continue
      this.agents.delete(id)
      service.close({ forGood: true })
    }
    return this.agents.size
  }

  close(): void {
    for (const { service, owner } of this.agents.values()) service.close({ forGood: !isOwnerAlive(owner) })
    this.agents.clear()
  }

  private async serve({ id, name, owner, allow }: Registration): Promise<number> {
    const known = this.agents.get(id)
    if (known) {
      known.owner = owner
      known.name = name
      return known.service.setRules(allow)
    }
    const service = new AgentService({
      name: () => this.nameOf(id),
      socketDir: this.home.proxySocketDir(id),
      logFile: this.home.requestLog(id),
      resolve: this.resolve,
    })
    service.setRules(allow)
    await service.listen()
    this.agents.set(id, { service, owner, name })
    return 0
  }

  /** The name that a rename has given the agent since. */
  private nameOf(id: string): string {
    try {
      return readFileSync(join(this.home.runDir(id), 'name'), 'utf8').trim()
    } catch {
      return this.agents.get(id)?.name ?? id
    }
  }
}
