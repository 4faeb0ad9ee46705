import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../../settings/home.ts'
import { SignerService } from '../../signer/signer-service.ts'
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

/** An agent and what it is served with. */
interface Served {
  owner: string
  name: string
  network?: AgentService
  signer?: SignerService
}

/** All agents of one home that have an allow-list, or a key that stays on the host. */
export class AgentProxy {
  private readonly home: Home
  private readonly resolve: Resolver
  private readonly agents = new Map<string, Served>()
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
      for (const agent of agents) {
        try {
          closed += await this.serve(agent)
        } catch (error) {
          // Of those that are only taken over, a damaged one must not keep the others.
          if (request.op === 'serve') throw error
        }
      }
    }
    return { ok: true, closed, serving: [...this.agents.keys()] }
  }

  /** Drops the agents that have ended. Returns how many are left. */
  sweep(): number {
    for (const [id, served] of this.agents) {
      if (isOwnerAlive(served.owner)) continue
      this.agents.delete(id)
      this.end(id, served, true)
    }
    return this.agents.size
  }

  close(): void {
    for (const [id, served] of this.agents) this.end(id, served, !isOwnerAlive(served.owner))
    this.agents.clear()
  }

  /** For good, it removes the sockets' folder as well: an agent that lives has it mounted. */
  private end(id: string, { network, signer }: Served, forGood: boolean): void {
    network?.close({ forGood: false })
    signer?.close()
    if (forGood) rmSync(this.home.proxySocketDir(id), { recursive: true, force: true })
  }

  private async serve({ id, name, owner, allow, signingKey }: Registration): Promise<number> {
    const served: Served = this.agents.get(id) ?? { owner, name }
    served.owner = owner
    served.name = name
    await this.setSigner(id, served, signingKey)
    const closed = await this.setRules(id, served, allow)
    this.agents.set(id, served)
    return closed
  }

  private async setRules(id: string, served: Served, allow: Registration['allow']): Promise<number> {
    if (allow === undefined) return 0
    if (served.network) return served.network.setRules(allow)
    served.network = new AgentService({
      name: () => this.nameOf(id),
      socketDir: this.home.proxySocketDir(id),
      logFile: this.home.requestLog(id),
      resolve: this.resolve,
    })
    served.network.setRules(allow)
    await served.network.listen()
    return 0
  }

  private async setSigner(id: string, served: Served, keyFile: string | undefined): Promise<void> {
    if (keyFile === undefined) {
      served.signer?.close()
      delete served.signer
    } else if (served.signer) {
      served.signer.reload()
    } else {
      served.signer = new SignerService({ socketDir: this.home.proxySocketDir(id), keyFile })
      await served.signer.listen()
    }
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
