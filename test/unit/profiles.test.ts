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

const profiles: Profile[] = [aider, claudeCode, codex, gemini, openclaude, opencode]

/** The lines of real screens that the patterns go by, shortened. */
const screens: [profile: Profile, pattern: keyof Profile['screen'], matches: string, not: string][] = [
  [claudeCode, 'ready', '❯ \n────\n  ⏸ manual mode on · ? for shortcuts', 'Do you trust the files here?'],
  [claudeCode, 'working', '✻ Cooking… (3s · esc to interrupt)', '❯ \n  ? for shortcuts'],
  [claudeCode, 'waiting', 'Do you want to proceed?\n❯ 1. Yes\n\nEsc to cancel', '❯ do you want to proceed'],
  [claudeCode, 'authError', 'Not logged in · Please run /login', '❯ '],
  [codex, 'working', '• Working (2s • esc to interrupt)', '› Explain this codebase'],
  [codex, 'blocker', '  Trust this folder?', '› Explain this codebase'],
  [gemini, 'ready', ' >   Type your message or @path/to/file', 'Do you trust the files in this folder?'],
  [gemini, 'working', '⠏ Thinking... (esc to cancel, 3s)', ' >   Type your message or @path/to/file'],
  [opencode, 'waiting', '△ Permission required', 'ctrl+p commands'],
  [opencode, 'working', '■■ esc interrupt', 'ctrl+p commands'],
  [aider, 'ready', 'Tokens: 2k sent\n> ', 'Run shell command? (Y)es/(N)o'],
  [aider, 'waiting', 'Create new file? (Y)es/(N)o [Yes]: ', '> '],
]

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
      assert.ok(profile.autonomousArgs.length > 0)
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

  for (const [profile, pattern, matches, not] of screens) {
    it(`${profile.name} knows a screen of the kind '${pattern}' from another`, () => {
      const source = profile.screen[pattern]
      assert.ok(source)
      assert.match(matches, new RegExp(source, 'm'))
      assert.doesNotMatch(not, new RegExp(source, 'm'))
    })
  }
})
