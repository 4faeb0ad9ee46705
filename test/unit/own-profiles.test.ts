import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { OwnProfileSchema } from '@agentvm/sdk/schemas'
import { UserError } from '../../src/errors.ts'
import { OwnProfiles } from '../../src/extensions/own-profiles/own-profiles.ts'
import type { Provided } from '../../src/extensions/provided.ts'

describe("the user's own profiles", () => {
  let root: string
  let own: OwnProfiles
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'agentvm-own-'))
    mkdirSync(join(root, 'profiles'))
    own = new OwnProfiles(join(root, 'profiles'), '/home/jo')
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const write = (name: string, text: string) =>
    writeFileSync(join(root, 'profiles', name), text, { mode: 0o600 })
  const load = (file: string, text: string): Profile => {
    write(file, text)
    const found = own.find(file.replace(/\.(env|json)$/, ''))
    assert.ok(found)
    return own.load(found)
  }
  const mistake = (file: string, text: string): string => {
    try {
      load(file, text)
    } catch (error) {
      assert.ok(error instanceof UserError)
      assert.ok(error.fix, `no fix: ${error.what}`)
      return `${error.what.replaceAll(join(root, 'profiles'), '…')} → ${error.fix.replaceAll(join(root, 'profiles'), '…')}`
    }
    return assert.fail('it was accepted')
  }

  describe('in the form of the bash tool', () => {
    it('mean what they meant, every key', () => {
      const profile = load(
        'my-profile.env',
        `# profiles/my-profile.env
PROFILE_LABEL="My Agent"
PROFILE_CMD="my-agent --auto 'two words' \\"and a \\\\\\" quote\\""
PROFILE_RO_PATHS="\${HOME}/.local/bin:$HOME/lib"         # : separated
PROFILE_RW_PATHS=~/.my-agent:~/cache
export PROFILE_ENV_VARS='MY_API_KEY:MY_BASE_URL'
PROFILE_STATE_DIRS=".my-agent/:\${HOME}/.config/my:./.x"
PROFILE_STARTUP_KEYS="Down Enter C-c"
PROFILE_POST_CREATE_SCRIPT="$SCRIPT_DIR/profiles/setup-my-profile.sh"
`,
      )
      assert.equal(profile.label, 'My Agent')
      assert.deepEqual(profile.command, ['my-agent', '--auto', 'two words', 'and a " quote'])
      assert.deepEqual(profile.readOnly, ['/home/jo/.local/bin', '/home/jo/lib'])
      assert.deepEqual(profile.readWrite, ['/home/jo/.my-agent', '/home/jo/cache'])
      assert.deepEqual(profile.env.optional, ['MY_API_KEY', 'MY_BASE_URL'])
      assert.deepEqual(profile.state.copy, ['.my-agent', '.config/my', '.x'])
      assert.deepEqual(profile.startupKeys, ['Down', 'Enter', 'C-c'])
      assert.equal(profile.postCreateScript, join(root, 'profiles/setup-my-profile.sh'))
      assert.deepEqual([profile.autonomousArgs, profile.prompt], [[], { via: 'typed' }])
    })

    it('need nothing but a command', () => {
      const profile = load('x.env', 'PROFILE_CMD=cat\nPROFILE_LABEL=""\nPROFILE_RO_PATHS=" "\n')
      assert.deepEqual(profile.command, ['cat'])
      assert.deepEqual(
        [profile.label, profile.readOnly, profile.versions],
        ['x', undefined, { args: ['--version'] }],
      )
    })

    it('may have blanks around what they list', () => {
      const profile = load(
        'x.env',
        `PROFILE_CMD=cat\nPROFILE_LABEL=' My label '\nPROFILE_ENV_VARS=" A : B :"\nPROFILE_STARTUP_KEYS=' Down  Enter '\n`,
      )
      assert.deepEqual(profile.env.optional, ['A', 'B'])
      assert.deepEqual([profile.label, profile.startupKeys], ['My label', ['Down', 'Enter']])
    })

    it('are read as bash reads them: quotes, escapes, continued lines', () => {
      const profile = load('x.env', `PROFILE_CMD=a\\ b\nPROFILE_LABEL='$HOME'"\\$HOME"$'\\t'x\\\ny\n`)
      assert.deepEqual(profile.command, ['a', 'b'])
      assert.equal(profile.label, '$HOME$HOME\txy')
    })

    it('know the home by ~ where bash does', () => {
      for (const [raw, value] of [
        ['~', '/home/jo'],
        ['~/a:~:b', '/home/jo/a:/home/jo:b'],
        ['a~/b', 'a~/b'],
        ["''~", '~'],
        ["'/x':~/a", '/x:/home/jo/a'],
        [`"a\\\nb"`, 'ab'],
        [`"a\\nb"`, 'a\\nb'],
        ['~$HOME', '~/home/jo'],
        ['~other/x', '~other/x'],
        ['"~/a"', '~/a'],
        ['\\~', '~'],
      ]) {
        assert.equal(load('x.env', `PROFILE_CMD=x\nPROFILE_LABEL=${raw}\n`).label, value, raw)
      }
    })

    it('hold a home with a space as one word of the command', () => {
      own = new OwnProfiles(join(root, 'profiles'), '/home/jo doe')
      const { command, readOnly } = load(
        'x.env',
        'PROFILE_CMD="$HOME/bin/agent -x"\nPROFILE_RO_PATHS="$HOME/a b"\n',
      )
      assert.deepEqual(command, ['/home/jo doe/bin/agent', '-x'])
      assert.deepEqual(readOnly, ['/home/jo doe/a b'])
    })

    for (const [what, text, expected] of [
      [
        'a command substitution',
        'PROFILE_CMD=cat\nPROFILE_LABEL="$(touch /tmp/x)"\n',
        /^line 2 of …\/x\.env: PROFILE_LABEL: a profile isn't executed, so \$\(…\) can't be used/,
      ],
      ['a command substitution without quotes', 'PROFILE_CMD=$(which cat)\n', /^line 1 of .*isn't executed/],
      ['backticks', '\nPROFILE_CMD="`id`"\n', /^line 2 of .*PROFILE_CMD: a profile isn't executed, so `…`/],
      [
        'another variable',
        'PROFILE_CMD="$FOO"\n',
        /^line 1 of .*PROFILE_CMD: \$FOO isn't known here → only \$HOME and \$SCRIPT_DIR/,
      ],
      ['a parameter expansion', `PROFILE_CMD="\${HOME:-x}"\n`, /^line 1 of .*\$\{HOME:-x\} isn't known here/],
      ['an open expansion', `PROFILE_CMD="\${HOME"\n`, /^line 1 of .*\$\{ isn't known here/],
      ['an expansion in a later line of a value', 'PROFILE_CMD="a\nb $X"\n', /^line 2 of .*\$X isn't known/],
      ['a shell script', 'if true; then\n  PROFILE_CMD=x\nfi\n', /^line 1 of .*is not KEY=value/],
      [
        'a key with a typing error',
        'PROFILE_CMD=x\nPROFILE_RO_PATH=/x\n',
        /^line 2 of .*no key PROFILE_RO_PATH → did you mean PROFILE_RO_PATHS\?/,
      ],
      ['a key of its own', 'BASE=/x\n', /^line 1 of .*no key BASE → there are: PROFILE_LABEL/],
      ['no command', 'PROFILE_LABEL=x\n', /^…\/x\.env: PROFILE_CMD is missing → add a line/],
      [
        'a command line for a shell',
        'PROFILE_CMD="a && b"\n',
        /^line 1 of .*not a shell's command line → PROFILE_CMD="sh -c/,
      ],
      ['a pipe', 'PROFILE_CMD="a | b"\n', /not a shell's command line/],
      [
        'an open quote in the command',
        `PROFILE_CMD="a 'b"\n`,
        /^line 1 of .*PROFILE_CMD: a quote in the command isn't closed/,
      ],
      [
        'a relative path',
        'PROFILE_CMD=x\nPROFILE_RO_PATHS=/a:b\n',
        /^line 2 of .*PROFILE_RO_PATHS, number 2, must be an absolute path/,
      ],
      [
        'a state folder outside the home',
        'PROFILE_CMD=x\nPROFILE_STATE_DIRS=../x\n',
        /^line 2 of .*PROFILE_STATE_DIRS, number 1, must be a relative path/,
      ],
      [
        'the whole home as state',
        'PROFILE_CMD=x\nPROFILE_STATE_DIRS=./\n',
        /^line 2 of .*PROFILE_STATE_DIRS, number 1, must be a relative path/,
      ],
      [
        'a bad name of a variable',
        'PROFILE_CMD=x\n\nPROFILE_ENV_VARS="A:B C"\n',
        /^line 3 of .*PROFILE_ENV_VARS, number 2, must match/,
      ],
      [
        'a key with what tmux would read otherwise',
        'PROFILE_CMD=x\nPROFILE_STARTUP_KEYS="a ; kill-server"\n',
        /^line 2 of .*PROFILE_STARTUP_KEYS, number 2, must match/,
      ],
    ] as const) {
      it(`are refused with ${what}`, () => {
        assert.match(mistake('x.env', text), expected)
      })
    }

    it('run nothing when they are read', () => {
      assert.throws(() => load('x.env', `PROFILE_CMD="$(touch ${root}/ran)"\n`))
      assert.ok(!existsSync(join(root, 'ran')))
    })
  })

  describe('in the JSON form', () => {
    it('may say everything that a plugin may, and need to say only the command', () => {
      const profile = load(
        'x.json',
        JSON.stringify({
          ...{ $schema: './x', label: 'X', command: ['~/bin/x', '$HOME'], autonomousArgs: ['--yes'] },
          ...{ prompt: { via: 'argument', args: ['{prompt}'] }, env: { anyOf: ['KEY'] } },
          ...{
            hosts: { required: ['api.example.com'] },
            readOnly: ['~/a', `\${HOME}/b`, '$SCRIPT_DIR/c'],
            readWrite: ['~/w'],
          },
          ...{ postCreateScript: '$SCRIPT_DIR/x.sh', startupKeys: ['Enter'] },
        }),
      )
      assert.deepEqual(profile.command, ['/home/jo/bin/x', '$HOME'])
      assert.deepEqual(profile.env, { anyOf: ['KEY'], allOf: [], optional: [], set: {} })
      assert.deepEqual(profile.readOnly, ['/home/jo/a', '/home/jo/b', join(root, 'c')])
      assert.deepEqual(profile.readWrite, ['/home/jo/w'])
      assert.equal(profile.postCreateScript, join(root, 'x.sh'))
      assert.deepEqual(load('y.json', '{"command": ["y"]}').command, ['y'])
    })

    for (const [what, text, expected] of [
      [
        'a syntax error',
        '{\n  "command": ["x"],\n  "label": x\n}',
        /^line 3 of …\/x\.json is not JSON: Unexpected token 'x' → mend that line in …\/x\.json$/,
      ],
      ['a syntax error in the first line', '{x}\n{}\n{}\n', /^line 1 of .*is not JSON/],
      ['a number that goes on in the next line', '{\n"a": 1\n2,\n"b": 3}', /^line 3 of .*is not JSON/],
      [
        'a mistake after an empty text',
        '{"label": "",\n"labell": "x"}',
        /; line 2 of .*labell: is not a known field/,
      ],
      [
        'a syntax error far down',
        `{"command": ["x"],\n"tools": [\n${'"x",\n'.repeat(20_000)}"x"\n"y"]}`,
        /^line 20004 of …\/x\.json is not JSON/,
      ],
      ['an end that comes too early', '{\n"command": [', /^line 2 of .*is not JSON/],
      [
        'a field that there isn’t',
        '{\n  "command": ["x"],\n  "labell": "x"\n}',
        /^line 3 of …\/x\.json: labell: is not a known field/,
      ],
      [
        'a wrong type deep inside',
        '{\n"command": ["x"],\n"env": {\n"set": {"A": "b"},\n"optional": [\n"A",\n"b c"]}}',
        /^line 7 of .*: env\.optional\[1\]: must match/,
      ],
      ['no command', '{\n"label": "x"}', /^line 1 of .*command: is missing/],
      [
        'another name than its file',
        '{"command": ["x"],\n"name": "y"}',
        /^line 2 of .*name: must be 'x', as the file's/,
      ],
      [
        'a relative path',
        '{"command": ["x"],\n"readOnly": ["x"]}',
        /^line 2 of .*readOnly\[0\]: must be an absolute path/,
      ],
    ] as const) {
      it(`are refused with ${what}`, () => {
        assert.match(mistake('x.json', text), expected)
      })
    }
  })

  it('have a published JSON Schema that says of every field what it is for', () => {
    const path = new URL('../../dist/schemas/own-profile.schema.json', import.meta.url)
    const schema = JSON.parse(readFileSync(path, 'utf8'))
    assert.deepEqual(Object.keys(schema.properties), Object.keys(OwnProfileSchema.entries))
    assert.deepEqual([schema.required, schema.additionalProperties], [['command'], false])
    for (const [name, field] of Object.entries<{ description?: string }>(schema.properties)) {
      assert.ok(field.description, name)
    }
  })

  const offered: Provided[] = ['codex', 'gemini'].map((id) => ({
    ...{ kind: 'profile', id, plugin: `@agentvm/profile-${id}`, version: '1.0.0', source: 'built-in' },
  }))

  it('come before a plugin’s of the same name, which is said', () => {
    write('gemini.env', 'PROFILE_CMD=x\n')
    write('abc.json', '{"command": ["x"]}')
    const list = own.over(offered, assert.fail)
    assert.deepEqual(
      list.map(({ id, source, replaces }) => [id, source, replaces]),
      [
        ['abc', 'user', undefined],
        ['codex', 'built-in', undefined],
        ['gemini', 'user', '@agentvm/profile-gemini'],
      ],
    )
  })

  it('stay in their place if they are broken: a plugin’s of the same name doesn’t come through', () => {
    write('codex.json', '{')
    write('good.env', 'PROFILE_CMD=x\n')
    write('Bad_Name.env', 'PROFILE_CMD=x\n')
    write('bad_name.env', 'PROFILE_CMD=x\n')
    write('setup.sh', 'exit\n')
    const problems: string[] = []
    const list = own.over(offered, (problem) => problems.push(problem))
    assert.deepEqual(
      list.map(({ id, kind, source }) => [id, kind, source]),
      [
        ['codex', 'profile', 'user'],
        ['gemini', 'profile', 'built-in'],
        ['good', 'profile', 'user'],
      ],
    )
    assert.equal(problems.length, 2)
    assert.match(problems.join(), /bad_name\.env: 'bad_name' can't be/)
    assert.match(problems.join(), /Bad_Name\.env: 'Bad_Name' can't be the name/)
  })

  it('count by their JSON form where there are two of a name, and say so', () => {
    write('x.env', 'PROFILE_CMD=env\n')
    write('x.json', '{"command": ["json"]}')
    const problems: string[] = []
    const [file, ...others] = own.files((problem) => problems.push(problem))
    assert.ok(file)
    assert.deepEqual(own.load(file).command, ['json'])
    assert.deepEqual(others, [])
    assert.match(problems.join(), /x\.env has no effect: .*x\.json is the same profile/)
  })

  it('are not read if others could have written them', () => {
    write('x.env', 'PROFILE_CMD=x\n')
    chmodSync(join(root, 'profiles/x.env'), 0o666)
    const file = own.find('x')
    assert.ok(file)
    assert.throws(() => own.load(file), /other users can change .*x\.env/)
  })
})
