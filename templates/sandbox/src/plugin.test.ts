import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import type { SandboxPolicy } from '@agentvm/sdk'
import { pluginConformance, sandboxConformance } from '@agentvm/sdk/testing'
import backend from './index.ts'

pluginConformance(new URL('..', import.meta.url), { describe, it })
sandboxConformance(backend, { describe, it })

it('gives others precedence', () => {
  const policy = { env: {}, network: { mode: 'host' } } as unknown as SandboxPolicy
  const [program, ...args] = backend.wrap(policy, ['/usr/bin/nice']).argv
  assert.ok(Number(execFileSync(program, args, { encoding: 'utf8' })) > 0)
})
