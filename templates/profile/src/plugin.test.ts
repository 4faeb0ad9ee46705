import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pluginConformance, profileConformance } from '@agentvm/sdk/testing'
import profile from './index.ts'

pluginConformance(new URL('..', import.meta.url), { describe, it })
profileConformance(profile, { describe, it })

it('gives the key on to the agent, and asks for no other', () => {
  assert.deepEqual(profile.env.optional, ['TEMPLATE_NAME_API_KEY'])
})
