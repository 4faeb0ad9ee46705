import { hostname } from 'node:os'
import { defineHook } from '@agentvm/sdk'

/**
 * Before an agent is started: tags it with the machine's name. What is returned replaces fields of the plan, and
 * `agentvm spawn --dry-run` shows it. To refuse the spawn, throw an Error whose message says why.
 */
export default defineHook('agentvm:spawn:before', ({ plan }) => ({
  tags: { host: hostname().replaceAll(/[^\w.-]/g, '-'), ...plan.tags },
}))
