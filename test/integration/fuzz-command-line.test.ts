import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { TestHome } from '../support/agentvm.ts'
import { CliWorker } from '../support/cli-worker.ts'
import { fuzzing, nasty } from '../support/fuzz.ts'

interface CommandFacts {
  flags?: Record<string, { name: string; char?: string; type: string; options?: string[] }>
  hidden?: boolean
}

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../oclif.manifest.json'), 'utf8'))
/** Those that go on until somebody ends them, ask the network, write where they are told to, or start what they are told to. */
const LEFT_OUT =
  /^(?:root|watch|attach|attend|grid|tmux|open|run|upgrade|wait|doctor|keys|completion|autocomplete.*|plugins(?:$|:(?:install|update|new|link|reset)).*|profiles:(?:install|update)|.*:edit|identity:(?:register|rotate|revoke|backup|restore|export)|provenance:(?:export|key))$/
const COMMANDS: [string, CommandFacts][] = Object.entries<CommandFacts>(manifest.commands).filter(
  ([id, { hidden }]) => !hidden && !LEFT_OUT.test(id),
)

const word = fc.oneof(
  nasty.map((text) => text.slice(0, 5_000).replaceAll('\0', '')),
  fc.constantFrom(
    ...[
      'a1',
      'b1',
      'constructor',
      'toString',
      '__proto__',
      '-',
      '..',
      '/',
      '1',
      '-1',
      '1e9',
      '@git',
      '@constructor',
    ],
  ),
  fc.constantFrom(
    ...[
      'k=v',
      '__proto__=v',
      'example.com:443',
      '2026-01-01',
      '5m',
      'AGENTVM_TRASH_DAYS',
      'K=',
      'x'.repeat(5_000),
    ],
  ),
)

/** A command line that the command's own flags stand in. */
const commandLine = fc.constantFrom(...COMMANDS).chain(([id, { flags = {} }]) => {
  const known = Object.values(flags)
    .filter(({ name }) => !/^(?:follow|output|force|yes|all|timeout|wait|when-idle|attach)$/.test(name))
    .map((flag) =>
      flag.type === 'boolean'
        ? fc.constant([`--${flag.name}`])
        : fc.tuple(
            fc.constant(`--${flag.name}`),
            flag.options ? fc.oneof(word, fc.constantFrom(...flag.options)) : word,
          ),
    )
  const piece = fc.oneof(
    word.map((text) => [text]),
    ...known,
  )
  return fc.array(piece, { maxLength: 6 }).map((pieces) => {
    const plan = /^(?:spawn|swarm|restart|up)$/.test(id) && flags['dry-run'] ? ['--dry-run'] : []
    return [...id.split(':'), ...plan, ...pieces.flat()]
  })
})

describe('a command line that may hold anything', function () {
  this.timeout(600_000)
  let home: TestHome
  let cli: CliWorker
  before(async () => {
    home = new TestHome()
    await home.ok('spawn', 'a1', '-t', 'k=v', '--net', 'none', '--', 'true')
    await home.ok('wait', 'a1')
    cli = await CliWorker.start(home.path)
  })
  after(async () => {
    cli?.stop()
    await home.remove()
  })

  it('is obeyed or refused in words: no command crashes or hangs, or harms the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(commandLine, async (args) => {
        const { code, stderr } = await cli.run(...args)
        const told = `agentvm ${JSON.stringify(args)}: exit code ${code}\n${stderr}`
        assert.ok(cli.isAlive && [0, 1, 2, 124, 125].includes(code), told)
        assert.doesNotMatch(stderr, /unexpected:|threw|\n\s+at /, told)
        assert.doesNotMatch(stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, told)
      }),
      fuzzing(12),
    )
  })
})
