import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import codex from '@agentvm/profile-codex'
import type { Profile, SetupFile } from '@agentvm/sdk'
import { SEED_LIMITS, seedHome } from '../../src/agents/home/agent-home-seed.ts'
import { setUpHome } from '../../src/agents/home/agent-home-setup.ts'

describe("an agent's home", () => {
  let root: string
  let user: string
  let agent: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'agentvm-seed-'))
    user = join(root, 'user')
    agent = join(root, 'agent')
    mkdirSync(user)
    mkdirSync(agent)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const put = (base: string, path: string, text = path, mode = 0o644) => {
    mkdirSync(dirname(join(base, path)), { recursive: true })
    writeFileSync(join(base, path), text, { mode })
  }
  const seed = (copy: string[], never: string[] = [], limits = SEED_LIMITS) =>
    seedHome(user, agent, { copy, never }, limits)

  describe('is seeded', () => {
    it('with the files and folders of the list that are there, and no others', () => {
      put(user, '.x/settings.json')
      put(user, '.x/deep/er/file')
      put(user, '.x.conf')
      put(user, '.ssh/id_rsa')
      const { copied, files, leftOut } = seed(['.x', '.x.conf', '.not-there/at/all'])
      assert.deepEqual([copied, files, leftOut], [['.x', '.x.conf'], 3, []])
      assert.equal(readFileSync(join(agent, '.x/deep/er/file'), 'utf8'), '.x/deep/er/file')
      assert.ok(!existsSync(join(agent, '.ssh')))
    })

    it('but with nothing that is never to be copied, by name or by pattern', () => {
      for (const path of [
        '.x/sessions/1',
        '.x/log.sqlite',
        '.x/log.sqlite-wal',
        '.x/sub/a.sqlite',
        '.x/keep',
      ])
        put(user, path)
      seed(['.x'], ['.x/sessions', '.x/*.sqlite*'])
      assert.deepEqual(
        ['sessions', 'log.sqlite', 'log.sqlite-wal', 'sub/a.sqlite', 'keep'].map((path) =>
          existsSync(join(agent, '.x', path)),
        ),
        [false, false, false, true, true],
      )
    })

    it('by files that only the user can read, executable ones still so', () => {
      put(user, '.x/run', 'x', 0o755)
      put(user, '.x/text', 'x', 0o664)
      seed(['.x'])
      assert.deepEqual(
        ['.x', '.x/run', '.x/text'].map((path) => statSync(join(agent, path)).mode & 0o777),
        [0o700, 0o700, 0o600],
      )
    })

    it('by links as links: what they point to is not copied', () => {
      put(user, '.ssh/id_rsa', 'secret')
      mkdirSync(join(user, '.x'))
      symlinkSync(join(user, '.ssh/id_rsa'), join(user, '.x/link'))
      symlinkSync(join(user, '.ssh'), join(user, '.x/dir'))
      seed(['.x', '.x/dir'])
      assert.equal(readlinkSync(join(agent, '.x/link')), join(user, '.ssh/id_rsa'))
      assert.ok(lstatSync(join(agent, '.x/dir')).isSymbolicLink())
    })

    it('never through a link that the agent has planted', () => {
      put(user, '.x/deep/file')
      put(user, '.y')
      mkdirSync(join(root, 'host'))
      put(root, 'host/victim', 'mine')
      mkdirSync(join(agent, '.x'))
      symlinkSync(join(root, 'host'), join(agent, '.x/deep'))
      symlinkSync(join(root, 'host/victim'), join(agent, '.y'))
      const { leftOut } = seed(['.x', '.y'])
      assert.match(leftOut.join(), /\.x\/deep can't be written: something else stands in its place/)
      assert.ok(!existsSync(join(root, 'host/file')))
      assert.equal(readFileSync(join(root, 'host/victim'), 'utf8'), 'mine')
    })

    it('without what is no file: a FIFO does not stop it', () => {
      mkdirSync(join(user, '.x'))
      execFileSync('mkfifo', [join(user, '.x/pipe')])
      put(user, '.x/z')
      assert.deepEqual(seed(['.x']).leftOut, ['.x/pipe is not a regular file'])
      assert.ok(existsSync(join(agent, '.x/z')))
    })

    it('keeping what is there', () => {
      put(user, '.x/a', 'new')
      put(user, '.x/b', 'new')
      put(agent, '.x/a', 'own')
      seed(['.x'])
      assert.equal(readFileSync(join(agent, '.x/a'), 'utf8'), 'own')
      assert.equal(readFileSync(join(agent, '.x/b'), 'utf8'), 'new')
    })

    it('within bounds, and what is beyond them is named', () => {
      put(user, '.x/a', 'x'.repeat(100))
      put(user, '.x/b', 'x'.repeat(10))
      put(user, '.x/c', 'x'.repeat(10))
      put(user, '.x/d', '')
      put(user, '.x/e', '')
      const { leftOut, files } = seed(['.x'], [], { fileBytes: 50, allBytes: 15, entries: 2 })
      assert.equal(files, 2)
      assert.deepEqual(leftOut, [
        '.x/a is larger than 50 bytes',
        '.x/c is beyond 15 bytes in all',
        '.x/e is beyond 2 files',
      ])
    })

    it('naming each login that would be renewed', () => {
      put(user, '.x/auth.json', '{"tokens": {"refresh_token": "abc"}}')
      put(user, '.x/creds.json', '{"claudeAiOauth":{"refreshToken":"abc"}}')
      put(user, '.x/key.json', '{"OPENAI_API_KEY": "sk-x", "refresh_token": ""}')
      assert.deepEqual(seed(['.x']).logins, ['.x/auth.json', '.x/creds.json'])
    })
  })

  describe('is set up', () => {
    const setUp = (setup: NonNullable<Profile['setup']>) =>
      setUpHome({ ...codex, setup }, agent, {
        ...{ workspace: '/workspace', home: '/home/agent', envNames: ['KEY'] },
        env: (name) => (name === 'KEY' ? 'value' : undefined),
      })

    it('by the files of the profile, over what is there', async () => {
      put(agent, '.x/conf', 'old')
      await setUp(async ({ read, env, workspace, envNames }) => [
        { path: '.x/conf', content: `${await read('.x/conf')} ${env('KEY')} ${workspace} ${envNames}` },
        { path: '.y/z', content: `${await read('.not-there')}` },
      ])
      assert.equal(readFileSync(join(agent, '.x/conf'), 'utf8'), 'old value /workspace KEY')
      assert.equal(readFileSync(join(agent, '.y/z'), 'utf8'), 'undefined')
    })

    it('never through a link that the agent has planted, reading or writing', async () => {
      put(root, 'host/secret', 'secret')
      symlinkSync(join(root, 'host'), join(agent, '.x'))
      symlinkSync(join(root, 'host/secret'), join(agent, '.y'))
      const seen: (string | undefined)[] = []
      await setUp(async ({ read }) => {
        seen.push(await read('.x/secret'), await read('.y'))
        return [{ path: '.y', content: 'new' }]
      })
      assert.deepEqual(seen, [undefined, undefined])
      assert.equal(readFileSync(join(root, 'host/secret'), 'utf8'), 'secret')
      assert.equal(readFileSync(join(agent, '.y'), 'utf8'), 'new')
      await assert.rejects(
        setUp(async () => [{ path: '.x/new', content: '' }]),
        /can't write \.x\/new/,
      )
    })

    it('or the spawn fails: by a throw, or by something invalid', async () => {
      await assert.rejects(
        setUp(() => {
          throw new Error('at once')
        }),
        /the setup of the profile 'codex' failed: at once/,
      )
      await assert.rejects(
        setUp(() => Promise.reject(new Error('no'))),
        /the setup of the profile 'codex' failed: no/,
      )
      await assert.rejects(
        setUp(async () => [{ path: '../x', content: '' }]),
        /\[0\]\.path: must be a relative path/,
      )
      await assert.rejects(
        setUp(async () => 'x' as unknown as SetupFile[]),
        /returned something invalid/,
      )
    })
  })
})
