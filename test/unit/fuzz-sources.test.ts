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
import { readEntries } from '../../src/extensions/installed/entries.ts'
import { readJsonObject } from '../../src/extensions/installed/read-json.ts'
import { forwardedHeaders, headerValues } from '../../src/network/proxy/http-headers.ts'
import { parseShebang } from '../../src/policy/program/shebang.ts'
import { parseShellScript } from '../../src/policy/program/shell-script.ts'
import { parseProcStat } from '../../src/system/proc-stat.ts'
import { parsePsOutput } from '../../src/system/ps-output.ts'
import { isNewer } from '../../src/system/version.ts'
import { parsePanes } from '../../src/tmux/default-server.ts'
import { parseLook } from '../../src/tmux/look.ts'
import { parseSummary } from '../../src/workspace/baseline/parse-summary.ts'
import { check, nasty, nastyWith, refused } from '../support/fuzz.ts'

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
      nastyWith('code=', '0', '137', '256', '\n', 'at=', '2026-01-31T12:00:00Z', 'reason=', 'exited'),
    )
    check(exit, (text) => {
      writeFileSync(join(folder, 'exit'), text)
      const end = readExit(folder)
      assert.ok(end === undefined || (end.code >= 0 && end.code <= 255 && end.at !== ''), JSON.stringify(end))
    })
  })
})
