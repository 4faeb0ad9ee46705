// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the shell's syntax that is tested
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  getEnvValue,
  maskValue,
  readEnvFile,
  setEnvValue,
  unsetEnvValues,
} from '../../src/settings/env-file.ts'
import { editEnvFile } from '../../src/settings/env-file-edit.ts'
import { EnvText } from '../../src/settings/env-file-syntax.ts'

const parse = (text: string) => EnvText.parse(text, 'env')
const PIECES = [
  'a',
  'Z9',
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  "'",
  '"',
  '`',
  '$',
  '$(x)',
  '${Y}',
  '\\',
  '#',
  '=',
  ';',
  '&',
  '|',
  '~',
  '*',
  '!',
  'é',
  '漢',
  '😀',
  '\x1b',
  '\x7f',
  '(',
  ')',
  "'\\''",
  "$'",
]

describe('the text of an env file', () => {
  const cases: [string, string, Record<string, string>][] = [
    [
      'reads plain, exported and indented assignments',
      'A=1\nexport B=2\n  C=3\n',
      { A: '1', B: '2', C: '3' },
    ],
    ['reads empty values', 'A=\nB=\'\'\nC=""', { A: '', B: '', C: '' }],
    ['reads single quotes as they are', 'A=\'a $B "c" \\n # d\'\n', { A: 'a $B "c" \\n # d' }],
    ['reads the escapes of double quotes', 'A="a \\" \\\\ \\$ \\` \\n"\n', { A: 'a " \\ $ ` \\n' }],
    ['joins quoted pieces', `A=a'b c'"d e"\\ f\n`, { A: 'ab cd e f' }],
    ['reads embedded quotes', "A='it'\\''s'\n", { A: "it's" }],
    ['reads values over several lines', 'A=\'one\ntwo\'\nB="x\ny"\n', { A: 'one\ntwo', B: 'x\ny' }],
    ['reads the quotes of bash’s printf %q', "A=$'a\\nb\\t\\x41\\'c'\n", { A: "a\nb\tA'c" }],
    [
      'expands nothing',
      'A=$HOME\nB=${X:-y}\nC=$(touch /tmp/x y)\nD="$(id) `id`"\nE=`id -u`\n',
      {
        A: '$HOME',
        B: '${X:-y}',
        C: '$(touch /tmp/x y)',
        D: '$(id) `id`',
        E: '`id -u`',
      },
    ],
    ['drops comments', '# c\nA=1 # one\nB=a#b\n\t# d\n', { A: '1', B: 'a#b' }],
    ['takes the last of several', 'A=1\nA=2\n', { A: '2' }],
    ['reads lines that end with CR LF', 'A=1\r\n\r\nB="2"\r\n', { A: '1', B: '2' }],
    ['passes over a bare export', 'A=1\nexport A B\n', { A: '1' }],
    ['continues a line after a backslash', 'A=a\\\nb\n', { A: 'ab' }],
  ]
  for (const [behaviour, text, values] of cases) {
    it(behaviour, () => {
      assert.deepEqual(parse(text).values, values)
      assert.equal(parse(text).toString(), text, 'unchanged when written back')
    })
  }

  const damaged: [string, RegExp][] = [
    ['A=1\nfoo\n', /line 2 of env is not KEY=value/],
    ['A=1\n\nB="secret\n', /line 3 of env \(B\) has a " that isn't closed/],
    ["A='x\ny'\nB='secret", /line 3 of env \(B\) has a ' that/],
    ['A=secret more\n', /line 1 of env \(A\) has something after the value/],
    ['A=a;rm\n', /line 1 of env \(A\) has ";" in the value/],
    ['A = 1\n', /line 1 of env is not KEY=value/],
    ['1A=1\n', /line 1/],
    ['source x\n', /line 1/],
    ['export A=1 B=2\n', /line 1/],
  ]
  for (const [text, expected] of damaged) {
    it(`names the line of ${JSON.stringify(text)}, not its value`, () => {
      assert.throws(
        () => parse(text),
        (error: Error) => expected.test(error.message) && !/secret/.test(error.message),
      )
    })
  }

  it('keeps comments, order and spacing when a value changes', () => {
    const text = parse('# keys\nexport A=1 # one\n\nB="2"\nA=3\t# three\n# end')
    text.set('B', 'x y')
    text.set('A', '4')
    text.set('C', '5')
    assert.equal(text.toString(), "# keys\n\nB='x y'\nA=4\t# three\n# end\nC=5\n")
    assert.equal(text.unset('A'), true)
    assert.equal(text.unset('A'), false)
    assert.equal(text.toString(), "# keys\n\nB='x y'\n# end\nC=5\n")
  })

  it('adds a line behind a value that goes on to the next line', () => {
    const text = parse('A=\\\n')
    text.set('B', '1')
    assert.deepEqual(parse(text.toString()).values, { A: '', B: '1' })
  })

  it('gives back any value byte for byte, to bash too', () => {
    let state = 11
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const text = parse('# all\n')
    for (let index = 0; index < 400; index += 1) {
      const value = Array.from({ length: random(9) }, () => PIECES[random(PIECES.length)]).join('')
      text.set(`K${index % 300}`, value)
      assert.equal(text.get(`K${index % 300}`), value)
    }
    const again = parse(text.toString())
    assert.deepEqual(again.values, text.values)
    const file = join(mkdtempSync(join(tmpdir(), 'agentvm-env-')), 'env')
    writeFileSync(file, text.toString())
    const script = '. "$0"; for ((i=0;i<300;i++)); do v=K$i; printf "%s\\0" "${!v}"; done'
    const fromBash = execFileSync('bash', ['-c', script, file], {
      encoding: 'utf8',
      env: { LC_ALL: 'C.UTF-8', PATH: process.env.PATH },
    })
    rmSync(dirname(file), { recursive: true })
    assert.deepEqual(fromBash.split('\0').slice(0, -1), Object.values(text.values))
  })

  it('refuses names that no variable can have, and NUL', () => {
    for (const key of ['', '1A', 'A-B', 'A B', 'A=B', 'É'])
      assert.throws(() => parse('').set(key, 'x'), /name of a variable/)
    assert.throws(() => parse('').set('A', 'a\0b'), /NUL/)
  })
})

describe('the env file', () => {
  let dir: string
  let path: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'agentvm-env-'))
    path = join(dir, 'home', 'env')
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('is empty as long as there is none', () => assert.deepEqual(readEnvFile(path), {}))

  it('is made 0600 in a 0700 folder, whatever the umask', async () => {
    const old = process.umask(0)
    try {
      await setEnvValue(path, 'A', '1')
    } finally {
      process.umask(old)
    }
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(statSync(join(dir, 'home')).mode & 0o777, 0o700)
    await setEnvValue(path, 'A', '2')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(dir, 'home')), ['env'])
  })

  it('keeps all keys that are set at the same time', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => setEnvValue(path, `K${index}`, String(index))))
    assert.equal(Object.keys(readEnvFile(path)).length, 40)
  })

  it('is refused when others can read or change it', async () => {
    await setEnvValue(path, 'A', '1')
    chmodSync(path, 0o640)
    assert.throws(() => readEnvFile(path), /other users can read .* \(mode 0640\)/)
    chmodSync(path, 0o666)
    await assert.rejects(setEnvValue(path, 'A', '2'), /other users can change/)
    assert.equal(readFileSync(path, 'utf8'), 'A=1\n')
  })

  it('is refused when it is a symlink, a folder or not UTF-8', async () => {
    await setEnvValue(path, 'A', '1')
    writeFileSync(join(dir, 'target'), 'A=1\n', { mode: 0o600 })
    rmSync(path)
    symlinkSync(join(dir, 'target'), path)
    assert.throws(() => readEnvFile(path), /is a symlink/)
    await assert.rejects(setEnvValue(path, 'A', '2'), /is a symlink/)
    assert.throws(() => readEnvFile(dir), /is not a file/)
    rmSync(path)
    writeFileSync(path, Buffer.from([0x41, 0x3d, 0xff]), { mode: 0o600 })
    assert.throws(() => readEnvFile(path), /not UTF-8/)
  })

  it('suggests the nearest key for one that is not set', async () => {
    await setEnvValue(path, 'OPENAI_API_KEY', 'x')
    assert.throws(() => getEnvValue(path, 'OPENAI_API_KY'), { fix: 'did you mean OPENAI_API_KEY?' })
    await assert.rejects(unsetEnvValues(path, ['OPENAI_API_KEY', 'B']), /B is not set/)
    assert.equal(getEnvValue(path, 'OPENAI_API_KEY'), 'x')
  })

  it('refuses a value that no program could be given', () =>
    assert.rejects(setEnvValue(path, 'A', 'x'.repeat(140_000)), /too long/))

  it('masks values, short ones wholly', () => {
    assert.equal(maskValue('sk-ant-api03-abcdefghijklmnopqrstuvwxyz'), 'sk-a…wxyz')
    assert.equal(maskValue('0123456789abcdef'), '01…ef')
    assert.equal(maskValue('short'), '********')
    assert.equal(maskValue('x'.repeat(15)), '********')
    assert.equal(maskValue(''), '')
    assert.equal(maskValue(`\x1b[2J${'x'.repeat(40)}\n`), '·[2J…xxx·')
  })

  describe('when it is edited', () => {
    const edit = (script: string) => editEnvFile(path, { EDITOR: `f() { ${script}; }; f` })
    const copies = () => readdirSync(join(dir, 'home')).filter((name) => name !== 'env')

    it('takes over the edit, 0600', async () => {
      assert.equal(await edit('echo "A=1" > "$1"'), true)
      assert.deepEqual(readEnvFile(path), { A: '1' })
      assert.equal(statSync(path).mode & 0o777, 0o600)
      assert.deepEqual(copies(), [])
    })

    it('prefers EDITOR to VISUAL', async () => {
      await editEnvFile(path, { EDITOR: 'f() { echo E=1 > "$1"; }; f', VISUAL: 'false' })
      await editEnvFile(path, { VISUAL: 'f() { echo V=1 >> "$1"; }; f' })
      assert.deepEqual(readEnvFile(path), { E: '1', V: '1' })
    })

    it('keeps the file, and the edit in a private copy, if the edit does not parse', async () => {
      await setEnvValue(path, 'A', '1')
      await assert.rejects(
        edit('echo "B=\'x" >> "$1"'),
        /line 2 of .*isn't closed.* is unchanged; your edit is in/,
      )
      assert.deepEqual(readEnvFile(path), { A: '1' })
      assert.equal(copies().length, 1)
      const copy = join(dir, 'home', copies()[0] ?? '')
      assert.equal(readFileSync(copy, 'utf8'), "A=1\nB='x\n")
      assert.equal(statSync(copy).mode & 0o777, 0o600)
    })

    it('loses no key that another command sets meanwhile', async () => {
      await setEnvValue(path, 'A', '1')
      await assert.rejects(edit(`echo B=2 >> "$1"; echo C=3 >> '${path}'`), /changed by another command/)
      assert.deepEqual(readEnvFile(path), { A: '1', C: '3' })
      assert.equal(copies().length, 1)
    })

    it('changes nothing if the editor fails or nothing was changed', async () => {
      await setEnvValue(path, 'A', '1')
      await assert.rejects(edit('echo B=2 >> "$1"; return 3'), /exit code 3/)
      assert.equal(await edit(':'), false)
      assert.deepEqual(readEnvFile(path), { A: '1' })
      assert.deepEqual(copies(), [])
    })
  })
})
