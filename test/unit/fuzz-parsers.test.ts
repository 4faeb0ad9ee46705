import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { solve } from '../../plugins/gitlawb/src/icaptcha/solve.ts'
import { decodeIdentity } from '../../plugins/gitlawb/src/pkcs8.ts'
import claudeCode from '../../profiles/claude-code/src/index.ts'
import codex from '../../profiles/codex/src/index.ts'
import opencode from '../../profiles/opencode/src/index.ts'
import { evaluate } from '../../src/activity/evaluate.ts'
import { parseDetail } from '../../src/agents/journal/detail.ts'
import { parseEntry } from '../../src/agents/journal/entry.ts'
import { decodeRecord, encodeRecord } from '../../src/agents/state/record-codec.ts'
import { formatState, parseState } from '../../src/agents/state/state-file.ts'
import { formatTags, parseTags, tagsFromFlags } from '../../src/agents/state/tags.ts'
import { readEnvForm } from '../../src/extensions/own-profiles/env-form.ts'
import { readJsonForm } from '../../src/extensions/own-profiles/json-form.ts'
import { EnvText } from '../../src/settings/env-file-syntax.ts'
import { shellJoin, shellSplit } from '../../src/system/shell-words.ts'
import { EscapeFilter } from '../../src/terminal/escape-filter.ts'
import { sanitizeLine } from '../../src/terminal/sanitize.ts'
import { visibleLine } from '../../src/terminal/visible.ts'
import { check, nasty, refused } from '../support/fuzz.ts'

const noNul = nasty.map((text) => text.replaceAll('\0', ''))
const wellFormed = noNul.map((text) => text.toWellFormed())

describe('any text', () => {
  it('comes back from a command line as it was put in, word by word', () => {
    check(fc.array(noNul), (words) => assert.deepEqual(shellSplit(shellJoin(words)), words))
  })

  it('is taken by a real shell as it was quoted', () => {
    const lists = fc.sample(fc.array(wellFormed, { minLength: 1, maxLength: 5 }), 60)
    const script = lists.map((words) => `printf '%s\\0' ${shellJoin(words)}; printf '\\0'`).join('\n')
    const { stdout } = spawnSync('sh', { input: script, encoding: 'utf8', maxBuffer: 1 << 28 })
    assert.equal(stdout, lists.map((words) => `${words.join('\0')}\0\0`).join(''))
  })

  it('splits, or is refused, as a command line', () => {
    check(nasty, (text) => assert.ok(shellSplit(text) === undefined || Array.isArray(shellSplit(text))))
  })

  it('comes back from a state file', () => {
    const values = fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/), noNul)
    check(values, (state) => assert.deepEqual({ ...parseState(formatState(state), 'x') }, { ...state }))
  })

  it('is a state file, or damaged in a line', () => {
    check(nasty, (text) => {
      refused(() => parseState(text, 'x'), /^the state file x is damaged in line \d+$/)
    })
  })

  it('gives a record, and the same one from what that is written as', () => {
    const keys = Object.keys(encodeRecord(decodeRecord({}, 'a1')))
    check(fc.dictionary(fc.constantFrom(...keys), noNul), (values) => {
      const record = refused(
        () => decodeRecord({ ...values, AGENT_FORMAT: '1' }, 'a1'),
        /'a1' is damaged in AGENT_/,
      )
      if (record) assert.deepEqual(decodeRecord(encodeRecord(record), 'a1'), record)
    })
  })

  it('comes back from an env file, beside whatever stood there', () => {
    check(fc.tuple(noNul, fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), noNul), ([before, key, value]) => {
      const text = refused(() => EnvText.parse(before, 'x'), /^line \d+ of x /)
      if (!text) return
      text.set(key, value)
      assert.equal(EnvText.parse(text.toString(), 'x').get(key), value)
    })
  })

  it('is read from an env file as bash reads it', () => {
    const values = fc.sample(wellFormed, 40)
    const file = EnvText.parse('', 'x')
    for (const [index, value] of values.entries()) file.set(`V${index}`, value)
    const script = `${file.toString()}\n${values.map((_, index) => `printf '%s\\0' "$V${index}"`).join('\n')}`
    const { stdout } = spawnSync('bash', { input: script, encoding: 'utf8', maxBuffer: 1 << 28 })
    assert.equal(stdout, values.map((value) => `${value}\0`).join(''))
  })

  it('is a tag, or refused; and tags come back', () => {
    check(nasty, (text) => {
      const tags = refused(() => tagsFromFlags([text]))
      if (tags) assert.deepEqual({ ...parseTags(formatTags(tags)) }, { ...tags })
    })
  })

  it('is a line of the journal, or none', () => {
    check(nasty, (text) => {
      const entry = parseEntry(text)
      if (entry) parseDetail(entry.detail)
    })
  })

  it('is a profile of the user’s, or refused with its place', () => {
    const names = { HOME: '/home/u', SCRIPT_DIR: '/p' }
    const env = nasty.map((value) => `PROFILE_CMD=${value}\nPROFILE_ENV_VARS='${value}'\n`)
    check(fc.oneof(nasty, env), (text) => {
      refused(() => readEnvForm('x', text, 'x.env', names), /^(?:line \d+ of )?x\.env\b/)
    })
    check(
      fc.oneof(
        nasty,
        fc.json(),
        fc.json().map((json) => `{"command":["x"],"env":${json}}`),
      ),
      (text) => {
        refused(() => readJsonForm('x', text, 'x.json', names), /^(?:line \d+ of )?x\.json\b/)
      },
    )
  })

  it('of an agent can not reach the terminal with a control character', () => {
    check(nasty, (text) => {
      assert.doesNotMatch(sanitizeLine(text), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      assert.doesNotMatch(visibleLine(text), /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e]/)
    })
  })

  it('of a log is filtered the same however it is cut, and holds no control character after', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      nasty.map((text) => new Uint8Array(Buffer.from(text))),
    )
    check(fc.tuple(bytes, fc.array(fc.nat({ max: 20 }), { maxLength: 10 })), ([all, cuts]) => {
      const whole = filtered([all])
      const parts: Uint8Array[] = []
      let at = 0
      for (const size of cuts) {
        parts.push(all.subarray(at, at + size))
        at = Math.min(at + size, all.length)
      }
      parts.push(all.subarray(at))
      assert.equal(filtered(parts), whole)
      assert.doesNotMatch(whole, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
    })
  })

  it('on a screen gives an activity', () => {
    const line = fc.oneof(
      nasty,
      fc.constantFrom('─'.repeat(30), '❯ ', '› x', '▀'.repeat(30), '┃', '  ╹▀▀▀▀▀▀▀▀▀▀▀▀'),
    )
    check(fc.tuple(nasty, fc.array(line, { maxLength: 40 }), fc.boolean()), ([title, lines, flag]) => {
      const screen = { title, lines, cursor: { x: 0, y: 3 }, cursorVisible: flag, alternateScreen: !flag }
      for (const { activity } of [claudeCode, codex, opencode]) {
        assert.ok(activity && evaluate(screen, activity).state)
      }
    })
  })

  it('is a key, or refused in words; and a challenge that is answered with a whole number, or not', () => {
    check(nasty, (text) => {
      assert.throws(() => decodeIdentity(text), Error)
      for (const type of ['arithmetic', 'algebra', 'sequence', text]) {
        assert.match(solve(type, `Solve for x: ${text}`) ?? '0', /^-?\d+$/)
      }
    })
  })
})

function filtered(parts: readonly Uint8Array[]): string {
  const filter = new EscapeFilter()
  return Buffer.concat([...parts.map((part) => Buffer.from(filter.push(part))), filter.end()]).toString(
    'utf8',
  )
}
