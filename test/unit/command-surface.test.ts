import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '@oclif/core'
import { type CommandRow, listCommands } from '../../src/extensions/command-list.ts'
import { ROOT } from '../support/cli-installed.ts'

const RECORDED = join(ROOT, 'test/fixtures/command-surface.txt')

describe('the surface of the commands', () => {
  it('is as it was recorded: a change of it is made on purpose', () => {
    const { commands } = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as {
      commands: Record<string, Command.Loadable>
    }
    const rows = listCommands({ commands: Object.values(commands) }, { hidden: true })
    const surface = `${rows.flatMap(linesOf).join('\n')}\n`
    if (process.env.UPDATE_SURFACE) writeFileSync(RECORDED, surface)
    assert.deepEqual(
      surface.split('\n'),
      readFileSync(RECORDED, 'utf8').split('\n'),
      'if that is meant: UPDATE_SURFACE=1 npm test -- test/unit/command-surface.test.ts',
    )
  })
})

/** A command in lines that a reviewer reads as a change: no description, no default. */
function linesOf({ name, aliases, hidden, json, many, arguments: args, flags }: CommandRow): string[] {
  const words = args.map((arg) => {
    const word = `${arg.name}${arg.options ? `=${arg.options.join('|')}` : ''}`
    return arg.required ? word : `[${word}]`
  })
  const marks = [...(json ? ['--json'] : []), ...(hidden ? ['hidden'] : [])]
  return [
    [name, ...words, ...(many ? ['…'] : []), ...marks.map((mark) => `(${mark})`)].join(' '),
    ...aliases.map((alias) => `  also: ${alias}`),
    ...flags
      .filter((flag) => flag.name !== 'json')
      .map((flag) => {
        const no = flag.allow_no ? '[no-]' : ''
        const value = flag.type === 'option' ? ` ${flag.options?.join('|') ?? 'VALUE'}` : ''
        const names = [
          `--${no}${flag.name}`,
          ...flag.aliases.map((alias) => `--${alias}`),
          ...(flag.char ? [`-${flag.char}`] : []),
        ]
        return `  ${names.join(', ')}${value}${flag.multiple ? ' …' : ''}${flag.required ? ' (required)' : ''}`
      }),
  ]
}
