import assert from 'node:assert/strict'
import { run } from '@oclif/core'
import { captureOutput } from '@oclif/test'
import { ROOT } from '../support/cli-installed.ts'

/** Runs a command in this process, its arguments as they are: oclif's own `runCommand` joins and splits them again. */
const capture = (...argv: string[]) => captureOutput(() => run(argv, { root: ROOT }))

describe('a command that was mistyped', () => {
  it('suggests the nearest command, and exits with 2', async () => {
    const { stderr, error } = await capture('spwan', 'x')
    assert.match(stderr, /there is no command 'spwan x'[\s\S]*did you mean 'agentvm spawn'/)
    assert.equal(error?.oclif?.exit ?? process.exitCode, 2)
  })

  it('lists its exit codes where it was asked for them', async () => {
    const { stdout } = await capture('help', 'exit-codes')
    for (const code of [0, 1, 2, 124, 125, 126, 127, 130])
      assert.match(stdout, new RegExp(`^\\s*${code}\\b`, 'm'))
  })
})

describe('a flag or an argument that is wrong', () => {
  const message = async (...argv: string[]) => {
    const { stderr, error } = await capture(...argv)
    assert.equal(error?.oclif?.exit ?? process.exitCode, 2, argv.join(' '))
    return stderr
  }

  it('is named in one line, with the flag that was most likely meant', async () => {
    assert.equal(
      await message('list', '--statsu', 'dead'),
      'agentvm: there is no flag --statsu\n  → did you mean --status?\n',
    )
    assert.match(await message('list', '--nothing-like-it'), /'agentvm help list' lists the flags/)
    assert.match(
      await message('info'),
      /^agentvm: NAME is missing: name of the agent\n {2}→ agentvm help info\n$/,
    )
    assert.match(
      await message('spawn', 'a', '--net', 'bogus'),
      /^agentvm: expected --net=bogus to be one of: host/,
    )
  })

  it('is an error in JSON with --json', async () => {
    const { stdout } = await capture('list', '--statsu', '--json')
    assert.deepEqual(JSON.parse(stdout), {
      error: { message: 'there is no flag --statsu', fix: 'did you mean --status?', exit_code: 2 },
    })
  })

  it('suggests a subcommand of its topic', async () => {
    assert.match(await message('config', 'lits'), /did you mean 'agentvm config list'/)
    assert.match(await message('config', 'nothing'), /'agentvm help config' lists them/)
  })
})
