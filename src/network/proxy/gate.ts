import type { Socket } from 'node:net'
import type { AllowedHost } from '@agentvm/sdk'
import { findRule, formatRule } from '../rules.ts'
import type { Authority } from './authority.ts'
import { decide, type Resolver, type Verdict } from './decide.ts'
import { dial } from './dial.ts'
import type { RequestEntry, RequestLog } from './request-log.ts'

/** What a request came to. */
export type Passage =
  | { kind: 'open'; remote: Socket }
  | { kind: 'refused'; verdict: Verdict & { allowed: false } }
  | { kind: 'failed'; message: string }

/** Where one agent's requests are judged, put on record and connected, whatever protocol they came by. */
export class Gate {
  private rules: readonly AllowedHost[] = []
  private readonly open = new Map<Socket, Authority & { private: boolean }>()
  private readonly resolve: Resolver
  private readonly log: RequestLog

  constructor(resolve: Resolver, log: RequestLog) {
    this.resolve = resolve
    this.log = log
  }

  /** Replaces the rules and ends the connections that they don't open any more. Returns how many. */
  setRules(rules: readonly AllowedHost[]): number {
    this.rules = rules
    const closed = [...this.open].filter(([, passage]) => !this.isOpen(passage))
    for (const [remote] of closed) remote.destroy()
    return closed.length
  }

  /** Judges a request and connects it. */
  async pass(via: RequestEntry['via'], target: Authority): Promise<Passage> {
    const verdict = await decide(target, this.rules, this.resolve)
    if (!verdict.allowed) return this.refuse(via, verdict)
    const { host, port } = verdict
    const rule = formatRule(verdict.rule)
    try {
      const remote = await dial(verdict.addresses, port)
      const passage = { host, port, private: verdict.rule.private === true }
      if (!this.isOpen(passage)) {
        remote.destroy()
        return this.refuse(via, { allowed: false, host, port, reason: 'no-rule' })
      }
      this.open.set(remote, passage)
      remote.on('close', () => this.open.delete(remote))
      this.log.write({ via, host, port, decision: 'allowed', rule, reason: null })
      return { kind: 'open', remote }
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'error'
      this.log.write({ via, host, port, decision: 'failed', rule, reason })
      return { kind: 'failed', message: `${host}:${port} can't be reached: ${reason}` }
    }
  }

  /** Puts a refusal on record. */
  refuse(via: RequestEntry['via'], verdict: Verdict & { allowed: false }): Passage {
    const { host, port, reason } = verdict
    const decision = reason === 'unresolved' ? 'failed' : 'refused'
    this.log.write({ via, host, port, decision, rule: null, reason })
    return { kind: 'refused', verdict }
  }

  /** Ends every connection. */
  close(): void {
    this.setRules([])
  }

  /** Whether a connection that was opened may be there by the rules as they are now. */
  private isOpen({ host, port, private: isPrivate }: Authority & { private: boolean }): boolean {
    const rule = findRule(this.rules, host, port)
    return rule !== undefined && (rule.private === true || !isPrivate)
  }
}
