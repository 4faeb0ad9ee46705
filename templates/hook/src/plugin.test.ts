import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { AgentSummary, SpawnPlan } from '@agentvm/sdk'
import { pluginConformance } from '@agentvm/sdk/testing'
import exit from './exit.ts'
import spawnBefore from './spawn-before.ts'

const folder = mkdtempSync(join(tmpdir(), 'template-name-'))
process.env.XDG_STATE_HOME = folder
after(() => rmSync(folder, { recursive: true, force: true }))

pluginConformance(new URL('..', import.meta.url), { describe, it })

it('tags an agent with the machine, and leaves the tags of the user', async () => {
  const plan = { tags: { host: 'mine', team: 'x' } } as unknown as SpawnPlan
  assert.deepEqual(await spawnBefore({ plan }), { tags: { host: 'mine', team: 'x' } })
})

it('notes the end of an agent', async () => {
  const agent: AgentSummary = { id: '0a1b2c3d', name: 'last', workspace: '/w', sandbox: 'none', tags: {} }
  await exit({ agent, exitCode: 3, reason: 'exited' })
  const [line = ''] = readFileSync(join(folder, 'template-name/exits.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .slice(-1)
  const { name, exit_code } = JSON.parse(line)
  assert.deepEqual([name, exit_code], ['last', 3])
})
