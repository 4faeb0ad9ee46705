import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import aider from '@agentvm/profile-aider'
import claudeCode from '@agentvm/profile-claude-code'
import codex from '@agentvm/profile-codex'
import gemini from '@agentvm/profile-gemini'
import openclaude from '@agentvm/profile-openclaude'
import opencode from '@agentvm/profile-opencode'
import type { Profile } from '@agentvm/sdk'
import { check, ProfileSchema } from '@agentvm/sdk/schemas'
import cline from '../../profiles/cline/src/index.ts'
import copilot from '../../profiles/copilot/src/index.ts'
import pi from '../../profiles/pi/src/index.ts'
import qwen from '../../profiles/qwen/src/index.ts'

const profiles: Profile[] = [aider, claudeCode, cline, codex, copilot, gemini, openclaude, opencode, pi, qwen]

describe('the built-in profiles', () => {
  for (const profile of profiles) {
    const folder = new URL(`../../profiles/${profile.name}/`, import.meta.url)

    it(`${profile.name} keeps the contract`, () => {
      assert.deepEqual(check(ProfileSchema, profile), { ok: true, value: profile })
    })

    it(`${profile.name} is what its package says that it offers`, () => {
      const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))
      assert.equal(manifest.name, `@agentvm/profile-${profile.name}`)
      assert.deepEqual(manifest.agentvm.profiles, [profile.name])
    })

    it(`${profile.name} says how to install its command, by name and not by a path of one machine`, () => {
      assert.match(profile.command[0], /^[a-z]+$/)
      assert.notEqual(profile.install.hint, '')
      if (profile.install.npm) assert.ok(profile.install.hint.includes(profile.install.npm))
    })

    it(`${profile.name} turns permission prompts off only by its autonomous arguments`, () => {
      const always = [...profile.command, ...(profile.headless?.args ?? [])]
      const asks = profile.activity?.rules.some(
        ({ reason }) => reason === 'permission' || reason === 'question',
      )
      assert.equal(profile.autonomousArgs.length > 0, asks === true)
      for (const argument of profile.autonomousArgs) assert.ok(!always.includes(argument))
    })

    it(`${profile.name} can be called with arguments after those of its one-shot mode`, () => {
      assert.ok(!profile.headless?.args.includes('--'))
    })

    it(`${profile.name} gives a prompt that starts with a dash as text, not as an option`, () => {
      if (profile.prompt.via === 'typed') return
      const { args } = profile.prompt
      assert.ok(args.at(-2) === '--' || args.at(-1)?.endsWith('={prompt}'), args.join(' '))
    })

    it(`${profile.name} sets no variable that it also takes from the user, and none that looks like a secret`, () => {
      const { anyOf, allOf, optional, set } = profile.env
      for (const name of Object.keys(set)) {
        assert.ok(![...anyOf, ...allOf, ...optional].includes(name))
        assert.doesNotMatch(name, /KEY|TOKEN|SECRET|PASSWORD/)
      }
    })

    it(`${profile.name} never copies a conversation's history along`, () => {
      assert.ok(!profile.state.copy.some((path) => profile.state.never.includes(path)))
      assert.doesNotMatch(profile.state.copy.join(' '), /history|sessions|projects/)
    })
  }
})
