import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Limits } from '@agentvm/sdk'
import type { Layer } from '../../policy/choices.ts'
import type { ExplainedPolicy } from '../../policy/explain.ts'
import { RUN_FILES } from '../spawn/run-files.ts'

/** A policy as it was written down at the last start: names instead of values of the environment. */
export interface StoredPolicy extends ExplainedPolicy {
  env: string[]
  limits: Limits
  enforcement: { by: string; gaps: { limit: string; instead: string }[] }
  sources: Record<string, Layer>
}

/** What a policy that an older agentvm wrote may lack. */
const NOTHING_SAID = { limits: {}, sources: {}, enforcement: { by: '', gaps: [] } }

/** The policy in an agent's run folder; undefined if there is none, or it is damaged. */
export function readStoredPolicy(runDir: string): StoredPolicy | undefined {
  try {
    const policy: unknown = JSON.parse(readFileSync(join(runDir, RUN_FILES.policy), 'utf8'))
    return isPolicy(policy) ? { ...NOTHING_SAID, ...policy } : undefined
  } catch {
    return undefined
  }
}

function isPolicy(value: unknown): value is StoredPolicy {
  const policy = objectOf(value)
  const [system, network] = [objectOf(policy.system), objectOf(policy.network)]
  const lists = [policy.readOnly, policy.readWrite, policy.symlinks, policy.sockets]
  return (
    [policy.workspace, policy.home].every(isMount) &&
    [...lists, system.readOnly, system.symlinks, system.files].every(isListOfObjects) &&
    [policy.protect, policy.env].every(isListOfTexts) &&
    typeof network.mode === 'string' &&
    (network.mode !== 'allowlist' || isListOfObjects(network.allow)) &&
    [policy.limits ?? {}, policy.sources ?? {}].every(isObject) &&
    (policy.enforcement === undefined || isListOfObjects(objectOf(policy.enforcement).gaps))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

function isMount(value: unknown): boolean {
  const { source, target } = objectOf(value)
  return typeof source === 'string' && typeof target === 'string'
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject)
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
