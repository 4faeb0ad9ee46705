import type { ActivityState } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { AgentRecord } from '../state/record.ts'

/** Why a message was refused: what the agent does instead of waiting for one, or that nothing tells. */
export type RefusalReason = Exclude<ActivityState, 'idle'> | 'not-interrupted'

/** A message that an agent wasn't sent: it has come to nothing. */
export class Refused extends UserError {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, fix: string) {
    super(message, { fix })
    this.reason = reason
  }
}

/** The refusal where nothing tells whether an agent is idle. */
export function cannotTell({ name }: AgentRecord, evidence: string): Refused {
  return new Refused(
    'unknown',
    `agentvm can't tell whether agent '${name}' is idle: ${evidence}`,
    'leave out --if-idle, --wait, --queue and --interrupt',
  )
}

/** A refusal as `--json` prints it. */
export interface RefusedMessage {
  name: string
  outcome: 'refused'
  reason: RefusalReason
  error: string
}
