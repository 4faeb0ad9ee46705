import assert from 'node:assert/strict'
import fc from 'fast-check'
import { checkName, compareNames } from '../../src/agents/state/names.ts'
import { ageFlag, secondsFlag } from '../../src/command-line/duration-flag.ts'
import { parseMoment } from '../../src/command-line/since-flag.ts'
import { swarmSize } from '../../src/command-line/swarm-size.ts'
import { splitText } from '../../src/command-line/text-words.ts'
import { UserError } from '../../src/errors.ts'
import { parseIni } from '../../src/network/presets/ini.ts'
import { formatRule, parseRule } from '../../src/network/rules.ts'
import { decodeRules, encodeRules } from '../../src/network/rules-text.ts'
import {
  newestFirst,
  parseAsdfShim,
  parseMiseConfig,
  parseToolVersions,
} from '../../src/policy/program/tool-versions.ts'
import { parseSetting, SETTING_KEYS } from '../../src/settings/config-file-keys.ts'
import { parseSize } from '../../src/settings/size.ts'
import { readArguments } from '../../src/start/arguments.ts'
import { nearest } from '../../src/system/nearest.ts'
import { check, fuzzing, nasty, nastyWith, onlyUserError, refused } from '../support/fuzz.ts'

const words = fc.array(
  fc.oneof(nasty, fc.constantFrom('--', '-', '-f', '--id', '--tag', '-t=a', 'x', 'exec')),
  {
    maxLength: 12,
  },
)

describe('what users write', () => {
  it('is a name of an agent, or refused; and names have one order', () => {
    const name = fc.oneof(
      nasty,
      fc.stringMatching(/^[a-zA-Z0-9-]{1,65}$/),
      nastyWith('a', '-', '01', '10', '9'),
    )
    check(name, (text) => {
      const isName = /^[A-Za-z0-9]/.test(text) && /^[A-Za-z0-9-]+$/.test(text) && text.length <= 63
      if (isName) checkName(text)
      else assert.throws(() => checkName(text), UserError)
    })
    check(fc.tuple(name, name, name), ([a, b, c]) => {
      assert.equal(Math.sign(compareNames(a, b)), -Math.sign(compareNames(b, a)) + 0)
      if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0) assert.ok(compareNames(a, c) <= 0, 'in order')
      assert.ok(compareNames(a, b) !== 0 || a.length === b.length)
      assert.ok([undefined, b, c].includes(nearest(a, [b, c])))
    })
  })

  it('is a size, an age, seconds, a moment, a number of agents, or refused', async () => {
    const text = fc.oneof(
      nasty,
      nastyWith('1', '0', '.', 'G', 'MiB', 'kb', 'd', 'w', '-', 'e', '2026-01-31', 'T12:00', 'Z'),
    )
    check(text, (given) => {
      const size = parseSize(given)
      assert.ok(size === undefined || (Number.isSafeInteger(size) && size >= 0))
      assert.ok(!Number.isNaN(parseMoment(given, new Date(0))?.getTime()))
      assert.ok((refused(() => swarmSize(given, undefined, undefined)) ?? 0) >= 0)
    })
    const context = {} as never
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        for (const flag of [secondsFlag(), ageFlag()]) {
          const value = await flag.parse(given, context, {} as never).catch(onlyUserError)
          assert.ok(value === undefined || (Number.isFinite(value) && value >= 0))
        }
      }),
      fuzzing(),
    )
  })

  it('is a setting, or refused with its place', () => {
    const values = nastyWith(
      'true',
      'false',
      'C-',
      'M-',
      'F',
      '1',
      '0',
      '.',
      '@git',
      '.com',
      ':443',
      ',',
      ' ',
    )
    check(fc.tuple(fc.constantFrom(...Object.values(SETTING_KEYS)), values), ([setting, text]) => {
      const place = new RegExp(`^line 1: ${setting.key} can't be `)
      refused(() => parseSetting<unknown>(setting, text, 'line 1'), place)
    })
  })

  it('is an argument or a flag, and each word comes to its place once', () => {
    check(words, (argv) => {
      const { flags, name, words: rest } = splitText(argv, ['-f', '--id'])
      const kept = [...flags, ...(name === undefined ? [] : [name]), ...rest]
      assert.deepEqual(
        kept.sort(),
        argv
          .toSpliced(
            argv.indexOf('--') >= 0 && kept.length < argv.length ? argv.indexOf('--') : argv.length,
            1,
          )
          .sort(),
      )
      assert.ok(readArguments(argv).length - argv.length <= 1)
    })
  })

  it('is a rule of the network that comes back from its text, or refused', () => {
    const text = nastyWith(
      '*.',
      'a',
      '.com',
      ':',
      '443',
      '=private',
      'localhost',
      'host.agentvm.internal',
      '-',
      'xn--',
    )
    check(text, (given) => {
      const rule = refused(() => parseRule(given))
      if (!rule) return
      assert.deepEqual(parseRule(formatRule(rule)), rule)
      assert.deepEqual(decodeRules(encodeRules([rule])), [rule])
    })
    check(nasty, (given) => assert.ok(Array.isArray(refused(() => decodeRules(given)) ?? [])))
  })

  it('chooses versions of tools, and hosts of packages, in files of many tools', () => {
    check(
      nastyWith('nodejs ', '22.1.0', '\n', '# asdf-plugin: ', ' = "', '"', '[global]', 'index-url', 'v', '.'),
      (text) => {
        const found = [...parseToolVersions(text), ...parseAsdfShim(text), ...parseMiseConfig(text)]
        for (const { tool, version } of found)
          assert.ok(tool !== '' && version !== '' && !/\s/.test(tool + version))
        const versions = found.map(({ version }) => version)
        assert.deepEqual(newestFirst(versions).sort(), versions.sort())
        for (const { key } of parseIni(text)) assert.equal(key, key.trim())
      },
    )
  })
})
