import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'
import { ROOT } from '../support/cli-installed.ts'

interface Row {
  key: string
  value: unknown
  source: string
  problem: string | null
}

describe('agentvm config', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const write = (text: string, mode = 0o600) => {
    mkdirSync(home.path, { recursive: true, mode: 0o700 })
    writeFileSync(home.file('config'), text)
    chmodSync(home.file('config'), mode)
  }

  it('says of each setting what holds and where it comes from; the file beats the environment', async () => {
    write('AGENTVM_NET=none\n')
    const { stdout } = await home.run(['config', 'list', '--json'], {
      env: { AGENTVM_NET: 'host', AGENTVM_KILL_GRACE: '9' },
    })
    const rows = Object.fromEntries((JSON.parse(stdout) as Row[]).map((row) => [row.key, row]))
    assert.deepEqual([rows.AGENTVM_NET?.value, rows.AGENTVM_NET?.source], ['none', 'file'])
    assert.deepEqual([rows.AGENTVM_KILL_GRACE?.value, rows.AGENTVM_KILL_GRACE?.source], [9, 'environment'])
    assert.deepEqual([rows.AGENTVM_DETACH_KEY?.value, rows.AGENTVM_DETACH_KEY?.source], ['C-]', 'default'])
  })

  it('changes a value in its place, and leaves comments, order and the rest as they are', async () => {
    write('# mine\nexport AGENTVM_NET=none # for now\n\nAGENTVM_KILL_GRACE=2\n', 0o644)
    await home.ok('config', 'set', 'AGENTVM_NET', 'host')
    assert.equal(home.read('config'), '# mine\nexport AGENTVM_NET=host # for now\n\nAGENTVM_KILL_GRACE=2\n')
    assert.equal(statSync(home.file('config')).mode & 0o777, 0o600)
    await home.ok('config', 'unset', 'AGENTVM_NET')
    assert.equal(home.read('config'), '# mine\n\nAGENTVM_KILL_GRACE=2\n')
  })

  it('makes the file private from the start', async () => {
    await home.ok('config', 'set', 'AGENTVM_SANDBOX=none')
    assert.equal(statSync(home.file('config')).mode & 0o777, 0o600)
    assert.equal(await home.ok('config', 'get', 'AGENTVM_SANDBOX'), 'none\n')
  })

  it('refuses unknown keys with the nearest one, and values that do not fit, as bad usage', async () => {
    const cases: [string[], RegExp][] = [
      [['set', 'AGENTVM_NTE', 'none'], /no setting AGENTVM_NTE\n.*did you mean AGENTVM_NET\?/],
      [['set', 'default-profile', 'x'], /did you mean AGENTVM_DEFAULT_PROFILE\?/],
      [['set', 'AGENTVM_NET', 'some'], /AGENTVM_NET can't be "some"\n.*host\|none\|allowlist/],
      [['set', 'AGENTVM_NET'], /no value for AGENTVM_NET/],
      [['get', 'AGENTVM_NTE'], /did you mean AGENTVM_NET\?/],
      [['unset', 'AGENTVM_NTE'], /did you mean AGENTVM_NET\?/],
    ]
    for (const [args, message] of cases) {
      const { code, stderr } = await home.run(['config', ...args])
      assert.equal(code, 2, args.join(' '))
      assert.match(stderr, message)
    }
    assert.deepEqual(home.leftovers('.'), [])
  })

  it('warns of a profile that is not installed, and of lines in the file that have no effect', async () => {
    const { code, stderr } = await home.run(['config', 'set', 'AGENTVM_DEFAULT_PROFILE', 'codx'])
    assert.equal(code, 0)
    assert.match(stderr, /no profile 'codx' is installed; did you mean 'codex'\?/)
    write('AGENTVM_NTE=none\nAGENTVM_NET=some\n')
    const listed = await home.run(['config', 'list', '--json'])
    assert.match(listed.stderr, /no setting AGENTVM_NTE: did you mean AGENTVM_NET\?/)
    const rows = JSON.parse(listed.stdout) as Row[]
    assert.match(rows.find(({ key }) => key === 'AGENTVM_NET')?.problem ?? '', /line 2 of .*"some"/)
  })

  it('refuses an edit that does not fit, and keeps it beside the file', async () => {
    write('AGENTVM_NET=none\n')
    const edit = (text: string) =>
      home.run(['config', 'edit'], { env: { EDITOR: `f() { echo '${text}' > "$1"; }; f` } })
    const refused = await edit('AGENTVM_NET=some')
    assert.equal(refused.code, 1)
    const [, kept = ''] = /your edit is in (\S+)/.exec(refused.stderr) ?? []
    assert.equal(readFileSync(kept, 'utf8'), 'AGENTVM_NET=some\n')
    assert.equal(home.read('config'), 'AGENTVM_NET=none\n')
    assert.equal((await edit('AGENTVM_NET=host # ok')).code, 0)
    assert.equal(home.read('config'), 'AGENTVM_NET=host # ok\n')
  })

  it('has a table in the docs that is made from the sources, and a check that fails if it is stale', () => {
    const script = join(ROOT, 'scripts/write-settings-table.mjs')
    const check = (page: string) =>
      spawnSync(process.execPath, [script, '--check', page], { encoding: 'utf8' })
    const page = join(ROOT, 'docs/configuration.md')
    assert.equal(check(page).status, 0, check(page).stderr)
    mkdirSync(home.path, { recursive: true })
    const stale = home.file('page.md')
    copyFileSync(page, stale)
    writeFileSync(stale, readFileSync(page, 'utf8').replace('`AGENTVM_NET`', '`AGENTVM_OLD`'))
    assert.equal(check(stale).status, 1)
    assert.match(check(stale).stderr, /stale: npm run docs/)
    execFileSync(process.execPath, [script, stale])
    assert.equal(readFileSync(stale, 'utf8'), readFileSync(page, 'utf8'))
  })
})
