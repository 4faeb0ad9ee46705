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
