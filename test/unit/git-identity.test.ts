import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renameGitIdentity, writeGitIdentity } from '../../src/agents/home/git-identity.ts'

describe('the git settings in an agent’s home', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'agentvm-git-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const file = () => join(home, '.gitconfig')
  const setting = (key: string) =>
    execFileSync('git', ['config', '--file', file(), key], { encoding: 'utf8' }).trim()

  it('name the agent and trust its workspace, as git reads them', () => {
    writeGitIdentity(home, 'a-1', '/workspace')
    assert.deepEqual(['user.name', 'user.email', 'safe.directory'].map(setting), [
      'a-1',
      'a-1@agentvm.local',
      '/workspace',
    ])
  })

  it('stay what somebody else has set, also by a link, which is not followed', () => {
    writeFileSync(file(), '[user]\n\tname = other\n')
    writeGitIdentity(home, 'a1', undefined)
    assert.equal(readFileSync(file(), 'utf8'), '[user]\n\tname = other\n')
    rmSync(file())
    const outside = join(home, 'outside')
    symlinkSync(outside, file())
    writeGitIdentity(home, 'a1', undefined)
    writeFileSync(outside, '[user]\n\tname = a1\n')
    renameGitIdentity(home, 'a1', 'b1')
    assert.equal(readFileSync(outside, 'utf8'), '[user]\n\tname = a1\n')
    assert.ok(lstatSync(file()).isSymbolicLink())
  })

  it('follow a new name where they had the old one, and only there', () => {
    const text =
      '# a1\n[alias]\n\tname = a1\n[ User ]\n  Name = "a1"\n\temail = me@example.org\n[user "x"]\n\tname = a1\n\xff\n'
    writeFileSync(file(), Buffer.from(text, 'latin1'))
    renameGitIdentity(home, 'a1', 'b1')
    assert.equal(readFileSync(file(), 'latin1'), text.replace('Name = "a1"', 'Name = b1'))
  })
})
