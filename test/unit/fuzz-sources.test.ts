import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { plainText } from '../../plugins/gitlawb/src/plain-text.ts'
import codex from '../../profiles/codex/src/index.ts'
import copilot from '../../profiles/copilot/src/index.ts'
import gemini from '../../profiles/gemini/src/index.ts'
import opencode from '../../profiles/opencode/src/index.ts'
import pi from '../../profiles/pi/src/index.ts'
import { parseEventLine } from '../../src/activity/event-lines.ts'
import { readEvents, readSession } from '../../src/activity/events.ts'
import { readExit } from '../../src/agents/spawn/run-files.ts'
import { checkName, compareNames } from '../../src/agents/state/names.ts'
import { ageFlag, secondsFlag } from '../../src/command-line/duration-flag.ts'
import { parseMoment } from '../../src/command-line/since-flag.ts'
import { swarmSize } from '../../src/command-line/swarm-size.ts'
import { splitText } from '../../src/command-line/text-words.ts'
import { UserError } from '../../src/errors.ts'
import { readEntries } from '../../src/extensions/installed/entries.ts'
import { readJsonObject } from '../../src/extensions/installed/read-json.ts'
import { parseIni } from '../../src/network/presets/ini.ts'
import { forwardedHeaders, headerValues } from '../../src/network/proxy/http-headers.ts'
import { formatRule, parseRule } from '../../src/network/rules.ts'
import { decodeRules, encodeRules } from '../../src/network/rules-text.ts'
import { parseShebang } from '../../src/policy/program/shebang.ts'
import { parseShellScript } from '../../src/policy/program/shell-script.ts'
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
import { parseProcStat } from '../../src/system/proc-stat.ts'
import { parsePsOutput } from '../../src/system/ps-output.ts'
import { isNewer } from '../../src/system/version.ts'
import { parsePanes } from '../../src/tmux/default-server.ts'
import { parseLook } from '../../src/tmux/look.ts'
import { parseSummary } from '../../src/workspace/baseline/parse-summary.ts'
import { check, fuzzing, nasty, nastyWith } from '../support/fuzz.ts'

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
      refused(() => parseSetting<unknown>(setting, text, 'line 1'))
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

describe('what programs write', () => {
  it('is a line of ps, or none; and a stat of a process', () => {
    const line = nastyWith(
      '12 ',
      '1 ',
      'S ',
      'Z',
      '0:00.10 ',
      '1-02:03:04 ',
      '99999999999999999999 ',
      'Tue Nov 24 21:53:17 2026 ',
      '\n',
    )
    check(line, (text) => {
      for (const { pid, ppid, cpuMs, rssBytes } of parsePsOutput(text)) {
        for (const number of [pid, ppid, cpuMs, rssBytes]) assert.ok(Number.isFinite(number), `${number}`)
      }
    })
    const stat = fc.tuple(
      nasty,
      fc.constantFrom('S', 'R', 'Z', 'X'),
      fc.array(fc.nat(), { minLength: 21, maxLength: 49 }),
    )
    check(stat, ([command, state, numbers]) => {
      const info = parseProcStat(7, `7 (${command}) ${state} ${numbers.join(' ')}`)
      assert.deepEqual([info.command, info.ppid, info.start], [command, numbers[0], String(numbers[18])])
      assert.equal(info.zombie, state === 'Z' || state === 'X')
    })
    check(nasty, (text) => assert.equal(parseProcStat(7, text).pid, 7))
  })

  it('is a look of tmux at a pane, and its list of sessions', () => {
    check(
      fc.tuple(fc.nat(), fc.nat(), fc.boolean(), nasty, fc.array(nasty)),
      ([x, y, flag, text, screen]) => {
        const title = text.replaceAll('\n', '')
        const lines = screen.map((line) => line.replaceAll('\n', ''))
        const look = parseLook([`${x},${y},${flag ? 1 : 0},0,${title}`, ...lines].join('\n'))
        const cursor = { x, y }
        assert.deepEqual(look, { title, lines, cursor, cursorVisible: flag, alternateScreen: false })
      },
    )
    check(nastyWith('agentvm-', '\t', '12', '\n'), (text) => {
      for (const [name, pid] of parsePanes(text)) assert.ok(name !== '' && Number.isInteger(pid))
      assert.ok(parseLook(text).lines.length >= 0)
    })
  })

  it('is a script, of which paths and names are taken that can be some', () => {
    check(
      nastyWith(
        '#!',
        '/usr/bin/env ',
        '-S ',
        'exec ',
        '-a x ',
        '"$basedir/',
        '"',
        "'",
        '/bin/x',
        '# cmd-shim-target=',
        '\n',
      ),
      (text) => {
        const { paths, names } = parseShellScript(text)
        for (const path of paths) assert.equal(typeof path, 'string')
        for (const name of names) assert.doesNotMatch(name, /[\s/$]/)
        assert.match(parseShebang(text)?.path ?? '/', /^\//)
      },
    )
  })

  it('is a summary of git, with counts or none', () => {
    const text = nastyWith(':100644 100644 a b ', 'M', 'R100', '\0', 'file', '1\t2\t', '-\t-\t', '3\t4\t\0')
    check(text, (summary) => {
      for (const { status, added, deleted } of parseSummary(summary)) {
        assert.ok(status.length <= 1)
        assert.ok([added, deleted].every((count) => count === null || typeof count === 'number'))
      }
    })
  })

  it('is an event of an agent’s CLI, of any form and depth', () => {
    check(fc.jsonValue(), (line) => {
      for (const { headless } of [codex, copilot, gemini, opencode, pi]) {
        const events = headless?.events?.read(line as Parameters<typeof headless.events.read>[0])
        assert.ok(events === undefined || Array.isArray(events))
      }
    })
    const text = fc.oneof(nastyWith('a=', '"', 'key', '.b', ' ', '\\', '{', '}', ':'), fc.json())
    check(fc.tuple(text, fc.constantFrom('json', 'logfmt')), ([line, format]) => {
      const field = parseEventLine(line, format as 'json' | 'logfmt')
      for (const path of ['a', 'key', 'key.b', '__proto__', 'constructor', ''])
        assert.ok(['string', 'undefined'].includes(typeof field?.(path)))
    })
    for (const { events: source } of [codex, opencode, gemini, copilot]) {
      if (!source) continue
      check(
        fc.array(text).map((lines) => lines.join('\n')),
        (lines) => {
          readEvents(lines, 0, source)
          readSession(lines, source)
        },
      )
    }
  })

  it('is an answer of HTTP, in headers and words that do no harm', () => {
    const names = fc.constantFrom(
      'Connection',
      'connection',
      'Content-Length',
      'Keep-Alive',
      'X',
      'Proxy-Authorization',
    )
    check(fc.array(fc.tuple(names, nasty)), (pairs) => {
      const raw = pairs.flat()
      const kept = forwardedHeaders(raw)
      assert.equal(kept.length % 2, 0)
      assert.equal(
        headerValues(kept, 'connection').length + headerValues(kept, 'proxy-authorization').length,
        0,
      )
      assert.equal(headerValues(kept, 'content-length').length, headerValues(raw, 'content-length').length)
    })
    check(fc.oneof(nasty, fc.anything()), (value) => {
      assert.doesNotMatch(plainText(value), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      assert.ok(plainText(value).length <= 200)
    })
    check(fc.tuple(nastyWith('1', '2', '.', '-', 'rc'), nastyWith('1', '2', '.', '-', 'rc')), ([a, b]) => {
      assert.ok(
        !(isNewer(a, b) && isNewer(b, a)) ||
          /NaN/.test(`${[a, b].map((text) => text.split('-')[0]?.split('.').map(Number))}`),
      )
    })
  })
})

describe('files that may hold anything', () => {
  let folder: string
  let file: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-fuzz-'))
    file = join(folder, 'package.json')
  })
  after(() => rmSync(folder, { recursive: true }))

  it('are an object of JSON, or refused in words', () => {
    check(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((json) => new Uint8Array(Buffer.from(json))),
      ),
      (bytes) => {
        writeFileSync(file, bytes)
        try {
          const value = readJsonObject(file, 1000)
          assert.ok(typeof value === 'object' && !Array.isArray(value))
        } catch (error) {
          assert.match((error as Error).message, /^is (?:not JSON|not a JSON object|larger than .*)$/)
        }
      },
    )
  })

  it('are a list of plugins, or refused', () => {
    const list = fc.anything().map((plugins) => {
      try {
        return JSON.stringify({ agentvm: { plugins }, dependencies: plugins, oclif: { plugins } }) ?? ''
      } catch {
        return ''
      }
    })
    check(fc.oneof(nasty, list), (text) => {
      writeFileSync(file, text)
      refused(() => readEntries(folder))
    })
  })

  it('are an agent’s end, or none', () => {
    const exit = fc.oneof(
      nasty,
      nastyWith('code=', '0', '137', '\n', 'at=', '2026-01-31T12:00:00Z', 'reason=', 'exited'),
    )
    check(exit, (text) => {
      writeFileSync(join(folder, 'exit'), text)
      const end = readExit(folder)
      assert.ok(end === undefined || (Number.isSafeInteger(end.code) && end.at !== ''), JSON.stringify(end))
    })
  })
})

/** What a parser makes of its input, or undefined if it refuses it in words for the user. */
function refused<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    return onlyUserError(error)
  }
}

function onlyUserError(error: unknown): undefined {
  assert.ok(error instanceof UserError, `threw ${String(error)}`)
}
