import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

  it('is named as plainly where it lacks its value, has two, or one of the wrong kind', async () => {
    const cases: [argv: string[], what: string][] = [
      [['history', '-n', '-1'], '--lines: expected an integer greater than or equal to 0 but received: -1'],
      [['history', '-n', 'x'], '--lines: expected an integer but received: x'],
      [['history', '-n'], '--lines expects a value'],
      [['list', '--status', 'dead', '--status', 'dead'], '--status can only be specified once'],
      [['logs', 'a', '--screen', '-f'], '--follow cannot also be provided when using --screen'],
    ]
    for (const [argv, what] of cases)
      assert.equal(await message(...argv), `agentvm: ${what}\n  → agentvm help ${argv[0]}\n`)
    assert.match(await message('policy', 'explain'), /^agentvm: NAME, ACCESS and TARGET are missing\n/)
    const { stdout } = await capture('history', '-n', 'x', '--json')
    assert.equal(JSON.parse(stdout).error.message, '--lines: expected an integer but received: x')
  })

  it('comes back with nothing in it that acts on a terminal', async () => {
    const name = '\x1b[31mx\x07'
    assert.match(await message('spawn', name, '--', 'true'), /^agentvm: '\^\[\[31mx\^G' can't be the name/)
    assert.match(await message(`frob${name}`), /^agentvm: there is no command 'frob\^\[\[31mx\^G'\n/)
    assert.match(
      await message('kill', 'a', '--signal', name),
      /^agentvm: there is no signal '\^\[\[31mx\^G'\n/,
    )
  })

  it('is said of a file that is not there, or can not be one', async () => {
    const root = mkdtempSync(join(tmpdir(), 'agentvm-test-'))
    try {
      const gone = join(root, 'gone')
      assert.equal(await message('send', 'a', gone), `agentvm: there is no file ${gone}\n`)
      assert.equal(await message('send', 'a', root), `agentvm: ${root} is a folder, not a file\n`)
      assert.equal(
        await message('spawn', 'a', '--prompt', gone, '--', 'true'),
        `agentvm: there is no file ${gone}\n`,
      )
      assert.match(
        await message('plugins', 'link', gone),
        /gone: there is no such folder\n {2}→ agentvm plugins link/,
      )
      assert.match(await message('plugins', 'link', root), /: holds no package.json, so no plugin\n/)
      const output = await message('doctor', '--bundle', '-o', join(gone, 'x'))
      assert.match(
        output,
        /^agentvm: there is no folder \S+gone\n {2}→ mkdir -p \S+gone, or name another place\n$/,
      )
    } finally {
      rmSync(root, { recursive: true })
    }
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
