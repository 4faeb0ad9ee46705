import assert from 'node:assert/strict'
import aider from '@agentvm/profile-aider'
import claudeCode from '@agentvm/profile-claude-code'
import codex from '@agentvm/profile-codex'
import gemini from '@agentvm/profile-gemini'
import openclaude from '@agentvm/profile-openclaude'
import opencode from '@agentvm/profile-opencode'
import type { Profile } from '@agentvm/sdk'
import cline from '../../profiles/cline/src/index.ts'
import copilot from '../../profiles/copilot/src/index.ts'
import pi from '../../profiles/pi/src/index.ts'
import qwen from '../../profiles/qwen/src/index.ts'

const profiles: Profile[] = [aider, claudeCode, cline, codex, copilot, gemini, openclaude, opencode, pi, qwen]

// What every profile has to keep is the conformance kit's: test/integration/built-in-plugins.test.ts.
describe('the built-in profiles', () => {
  for (const profile of profiles) {
    it(`${profile.name} turns permission prompts off if it has any`, () => {
      const asks = profile.activity?.rules.some(
        ({ reason }) => reason === 'permission' || reason === 'question',
      )
      assert.equal(profile.autonomousArgs.length > 0, asks === true)
    })

    it(`${profile.name} never copies a conversation's history along`, () => {
      assert.doesNotMatch(profile.state.copy.join(' '), /history|sessions|projects/)
    })
  }
})
