import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'

interface Row {
  name: string
  status: string
  path: string | null
  version: string | null
  source: string
  problems: { what: string; fix: string }[]
}

interface Key {
  profile: string
  name: string
  source: string | null
  masked: string | null
}

const SECRET = 'sk-proj-0123456789abcdefghijklmnopqrstuvwxyz'

describe('what is installed', () => {
  let home: TestHome
  let env: Record<string, string>
  beforeEach(() => {
    home = new TestHome()
    const user = join(dirname(home.path), 'user')
    const bin = join(user, 'bin')
    const codex = join(user, 'lib/node_modules/@openai/codex')
    mkdirSync(join(codex, 'bin'), { recursive: true })
    mkdirSync(bin)
    writeFileSync(join(codex, 'package.json'), JSON.stringify({ name: '@openai/codex', version: '9.8.7' }))
    writeFileSync(join(codex, 'bin/codex'), '#!/bin/sh\necho "codex-cli 9.8.7-beta.1 (asked)"\n', {
      mode: 0o755,
    })
    symlinkSync(join(codex, 'bin/codex'), join(bin, 'codex'))
    env = { PATH: `${bin}:/usr/bin:/bin`, HOME: user, OPENAI_API_KEY: '', CODEX_API_KEY: '' }
  })
  afterEach(() => home.remove())

  const profiles = async (more: Record<string, string> = {}) => {
    const { stdout } = await home.run(['profiles', '--json'], { env: { ...env, ...more } })
    return Object.fromEntries((JSON.parse(stdout) as Row[]).map((row) => [row.name, row]))
  }

  it('lists profiles with their program and its version, without running it', async () => {
    const { codex } = await profiles({ OPENAI_API_KEY: SECRET })
    assert.equal(codex?.path, join(env.HOME ?? '', 'bin/codex'))
    assert.equal(codex?.version, '9.8.7')
    assert.deepEqual([codex?.source, codex?.status, codex?.problems], ['built-in', 'ready', []])
  })

  it('says what is missing and how to get it', async () => {
    const { codex, aider } = await profiles()
    assert.equal(codex?.status, 'no key')
    assert.deepEqual(codex?.problems, [
      { what: 'none of OPENAI_API_KEY, CODEX_API_KEY set', fix: 'agentvm env set OPENAI_API_KEY' },
    ])
    assert.equal(aider?.status, 'no program')
    assert.equal(aider?.problems[0]?.fix, 'pipx install aider-chat')
    const { stdout } = await home.run(['profiles'], { env })
    assert.match(stdout, /^codex +no key +OpenAI Codex +9\.8\.7 +\S+\/bin\/codex +built-in$/m)
    assert.match(stdout, /^aider: aider is not on your PATH → pipx install aider-chat$/m)
  })

  it('says of a program that it is older than the profile supports', async () => {
    const codex = join(env.HOME ?? '', 'lib/node_modules/@openai/codex/package.json')
    writeFileSync(codex, JSON.stringify({ name: '@openai/codex', version: '0.99.0' }))
    const row = (await profiles({ OPENAI_API_KEY: SECRET })).codex
    assert.deepEqual([row?.status, row?.version], ['old version', '0.99.0'])
    assert.match(row?.problems[0]?.what ?? '', /codex 0\.99\.0 is older than/)
    assert.equal(row?.problems[0]?.fix, 'agentvm profiles install codex')
  })

  it('asks a program that is no package for its version in a sandbox, once for each file of it', async () => {
    const program = join(env.HOME ?? '', 'bin/mine')
    const says = (version: string) =>
      writeFileSync(
        program,
        `#!/bin/sh\ntest -e ${env.HOME}/bin || exit 1\necho ${version}; id >${home.path}/ran\n`,
        {
          mode: 0o755,
        },
      )
    const warning = async () => (await home.run(['spawn', 'm1', '-p', 'mine', '--dry-run'], { env })).stderr
    const mine = { name: 'mine', command: ['mine'], versions: { args: ['--version'], minimum: '2.0.0' } }
    mkdirSync(home.file('profiles'), { recursive: true })
    writeFileSync(home.file('profiles', 'mine.json'), JSON.stringify(mine))
    says('1.5.0')
    utimesSync(program, 1_700_000_000, 1_700_000_000)
    assert.match(await warning(), /mine 1\.5\.0 is older than 2\.0\.0/)
    assert.deepEqual(home.leftovers('ran'), [], 'it ran on the host')
    says('2.5.0')
    utimesSync(program, 1_700_000_000, 1_700_000_000)
    assert.match(await warning(), /mine 1\.5\.0/, 'it was asked again')
    utimesSync(program, 1_700_000_001, 1_700_000_001)
    assert.doesNotMatch(await warning(), /older/)
  })

  it('takes a login file for a key', async () => {
    mkdirSync(join(env.HOME ?? '', '.codex'))
    writeFileSync(join(env.HOME ?? '', '.codex/auth.json'), '{}')
    assert.equal((await profiles()).codex?.status, 'ready')
  })

  it('shows one profile, its version as its program says it', async () => {
    const shown = await home.run(['profiles', 'show', 'codex', '--json'], { env })
    const { version, hosts } = JSON.parse(shown.stdout)
    assert.equal(version, '9.8.7-beta.1')
    assert.deepEqual(hosts.required, ['api.openai.com'])
    const unknown = await home.run(['profiles', 'show', 'codx'], { env })
    assert.match(unknown.stderr, /no profile 'codx'\n.*did you mean 'codex'\?/)
  })

  it('tells where each key is set, and never its value', async () => {
    await home.ok('env', 'set', `OPENAI_API_KEY=${SECRET}`)
    const options = { env: { ...env, OPENAI_API_KEY: 'of-the-shell', CODEX_API_KEY: `${SECRET}2` } }
    const json = await home.run(['keys', '--json'], options)
    const keys = (JSON.parse(json.stdout) as Key[]).filter(({ profile }) => profile === 'codex')
    assert.deepEqual(
      keys.map(({ name, source }) => [name, source]),
      [
        ['file:.codex/auth.json', null],
        ['OPENAI_API_KEY', 'env-file'],
        ['CODEX_API_KEY', 'shell'],
      ],
    )
    const text = await home.run(['keys', 'codex'], options)
    assert.match(text.stdout, /OPENAI_API_KEY +one of these +env file +sk-p…wxyz/)
    assert.ok(!`${json.stdout}${text.stdout}`.includes('0123'))
  })

  it('lists the sandbox backends: whether they work, why not, and what they enforce', async () => {
    const rows = await home.json<Record<string, unknown>[]>('sandboxes')
    const [bwrap, macos, none] = ['bwrap', 'macos', 'none'].map((id) => rows.find((row) => row.id === id))
    assert.deepEqual([bwrap?.works, bwrap?.default, bwrap?.isolates], [true, true, true])
    assert.match(String(bwrap?.version), /^bubblewrap \d/)
    assert.deepEqual([macos?.works, macos?.reason], [false, 'is for darwin only'])
    assert.deepEqual([none?.works, none?.isolates, none?.default], [true, false, false])
    assert.match(await home.ok('sandboxes'), /^bwrap \* +yes +yes +host none/m)
  })

  it('marks the sandbox that the config asks for', async () => {
    await home.ok('config', 'set', 'AGENTVM_SANDBOX', 'none')
    const rows = await home.json<{ id: string; default: boolean }[]>('sandboxes')
    assert.deepEqual(
      rows.filter((row) => row.default).map(({ id }) => id),
      ['none'],
    )
  })
})
