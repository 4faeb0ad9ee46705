import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentInfo } from '../../src/agents/report/view.ts'
import { type CliResult, TestHome, until } from '../support/agentvm.ts'

describe("a profile of the user's own", () => {
  let home: TestHome
  let user: string
  let env: Record<string, string>
  beforeEach(() => {
    home = new TestHome()
    user = mkdtempSync(join(tmpdir(), 'agentvm-user-'))
    mkdirSync(join(user, 'bin'))
    mkdirSync(home.file('profiles'), { recursive: true })
    env = { HOME: user, PATH: `${join(user, 'bin')}:${process.env.PATH}`, MY_API_KEY: 'k3y' }
  })
  afterEach(async () => {
    await home.remove()
    rmSync(user, { recursive: true, force: true })
  })

  const program = (name: string, script: string) => {
    writeFileSync(join(user, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  const profile = (text: string) => writeFileSync(home.file('profiles/mine.env'), text, { mode: 0o600 })
  const ok = async (...args: string[]): Promise<CliResult> => {
    const result = await home.run(args, { env })
    assert.equal(result.code, 0, result.stderr)
    return result
  }

  it('runs its command with its paths, keys and state', async () => {
    mkdirSync(join(user, 'data'))
    mkdirSync(join(user, '.mine'))
    writeFileSync(join(user, '.mine/conf'), 'seeded')
    writeFileSync(join(user, 'bin/helper'), '#!/bin/sh\necho helped\n', { mode: 0o755 })
    program(
      'my-agent',
      'echo "args $*"; echo "key $MY_API_KEY other $OTHER"; cat ~/.mine/conf; helper; echo changed >"$1/out"',
    )
    profile(`PROFILE_CMD="my-agent \${HOME}/data"
PROFILE_RO_PATHS="$HOME/bin:$HOME/not-there"
PROFILE_RW_PATHS="$HOME/data:$HOME/neither"
PROFILE_ENV_VARS=MY_API_KEY
PROFILE_STATE_DIRS=.mine
`)
    const { stderr } = await ok('spawn', 'a1', '-p', 'mine')
    await ok('wait', 'a1', '--exit-code')
    const log = await home.ok('logs', 'a1')
    assert.equal(log, `args ${user}/data\nkey k3y other \nseededhelped\n`)
    assert.match(stderr, /a1: copied from your home: \.mine/)
    assert.match(stderr, new RegExp(`opens ${user}/neither, which isn't there`))
    assert.doesNotMatch(stderr, /not-there/)
    const info = await home.json<AgentInfo>('info', 'a1')
    assert.equal(info.profile, 'mine')
    const shown = (await ok('profiles', 'show', 'mine')).stdout
    assert.match(shown, new RegExp(`^reads +${user}/bin, ${user}/not-there$`, 'm'))
    assert.match(shown, new RegExp(`^changes +${user}/data, ${user}/neither$`, 'm'))
    assert.match(shown, /^copies +\.mine$/m)
    assert.doesNotMatch(shown, /^presses|^runs before/m)
  })

  it('copies its state once: what the agent changed stays', async () => {
    mkdirSync(join(user, '.mine'))
    writeFileSync(join(user, '.mine/conf'), 'first')
    program('my-agent', 'cat ~/.mine/conf; echo own >~/.mine/conf')
    profile('PROFILE_CMD=my-agent\nPROFILE_STATE_DIRS=.mine\n')
    await ok('spawn', 'a1', '-p', 'mine')
    await ok('wait', 'a1')
    rmSync(home.file('homes', (await home.json<AgentInfo>('info', 'a1')).id, '.mine/conf'))
    const again = await ok('spawn', 'a1', '-p', 'mine')
    await ok('wait', 'a1')
    assert.doesNotMatch(again.stderr, /copied/)
    assert.equal(
      await home.ok('logs', 'a1'),
      'first\ncat: /home/agent/.mine/conf: No such file or directory\n',
    )
  })

  it('runs its post-create script on the host, shows its output, and starts although it fails', async () => {
    program('my-agent', 'cat made')
    profile('PROFILE_CMD=my-agent\nPROFILE_POST_CREATE_SCRIPT="$SCRIPT_DIR/profiles/set up.sh"\n')
    const script = home.file('profiles/set up.sh')
    writeFileSync(script, 'echo "setting up $1"; echo made >"$1/made"; exit 3\n', { mode: 0o644 })
    const { stdout, stderr } = await ok('spawn', 'a1', '-p', 'mine', '--json')
    assert.equal(JSON.parse(stdout).name, 'a1')
    assert.match(stderr, new RegExp(`^setting up ${home.file('workspaces/a1')}$`, 'm'))
    assert.match(
      stderr,
      /a1: the post-create script .*set up\.sh of the profile 'mine' failed \(exit code 3\)/,
    )
    await ok('wait', 'a1')
    assert.equal(await home.ok('logs', 'a1'), 'made\n')
  })

  it('does not run a post-create script that everyone can change', async () => {
    program('my-agent', 'ls')
    profile('PROFILE_CMD=my-agent\nPROFILE_POST_CREATE_SCRIPT="$SCRIPT_DIR/profiles/s.sh"\n')
    writeFileSync(home.file('profiles/s.sh'), '#!/bin/sh\ntouch "$1/made"\n')
    chmodSync(home.file('profiles/s.sh'), 0o777)
    const { stderr } = await ok('spawn', 'a1', '-p', 'mine')
    assert.match(stderr, /can be changed by everyone, so it was not run: chmod o-w/)
    await ok('wait', 'a1')
    assert.equal(await home.ok('logs', 'a1'), '')
  })

  it('presses its startup keys, then types the prompt, once the program is there', async () => {
    program(
      'my-agent',
      'echo ready; read -r first; echo "first $first"; while read -r line; do echo "got $line"; done',
    )
    profile('PROFILE_CMD=my-agent\nPROFILE_STARTUP_KEYS="y e s Enter"\n')
    await ok('spawn', 'a1', '-p', 'mine', '-m', 'do it')
    await until(async () => (await home.ok('logs', 'a1')).includes('got do it'), 'the prompt')
    assert.match(await home.ok('logs', 'a1'), /first yes\n[\s\S]*got do it/)
  })

  it('presses its startup keys without keeping the spawn waiting', async () => {
    program('my-agent', 'echo ready; read -r first; echo "first $first"')
    profile('PROFILE_CMD=my-agent\nPROFILE_STARTUP_KEYS="y Enter"\n')
    const before = Date.now()
    await ok('spawn', 'a1', '-p', 'mine')
    const log = await home.ok('logs', 'a1')
    // Three seconds haven't passed unless the machine is very busy.
    assert.ok(!log.includes('first') || Date.now() - before > 2_500)
    await until(async () => (await home.ok('logs', 'a1')).includes('first y'), 'the key')
  })

  it('that names no hosts reaches none, which is said', async () => {
    program('my-agent', 'true')
    profile('PROFILE_CMD=my-agent\n')
    assert.match((await ok('spawn', 'a1', '-p', 'mine')).stderr, /'mine' names no hosts.* --allow HOST/)
    const opened = await ok('spawn', 'a2', '-p', 'mine', '--allow', 'api.example.com')
    assert.equal(opened.stderr, '')
  })

  it('may not open agentvm’s own folder', async () => {
    program('my-agent', 'true')
    profile(`PROFILE_CMD=my-agent\nPROFILE_RO_PATHS=${home.path}\n`)
    const { code, stderr } = await home.run(['spawn', 'a1', '-p', 'mine'], { env })
    assert.equal(code, 2)
    assert.match(stderr, /of the profile 'mine' would open agentvm's own folder/)
    assert.deepEqual(home.leftovers('state', 'homes'), [])
  })

  it('that is broken costs itself: the others are there, and the error says what to mend', async () => {
    program('my-agent', 'echo fine')
    profile('PROFILE_CMD=my-agent\n')
    writeFileSync(home.file('profiles/bad.env'), 'PROFILE_CMD="$(id)"\n', { mode: 0o600 })
    const bad = await home.run(['spawn', 'a1', '-p', 'bad'], { env })
    assert.equal(bad.code, 1)
    assert.match(bad.stderr, /line 1 of .*bad\.env: PROFILE_CMD: a profile isn't executed/)
    const good = await ok('spawn', 'a1', '-p', 'mine')
    assert.doesNotMatch(good.stderr, /bad/)
    const unknown = await home.run(['spawn', 'a2', '-p', 'mina'], { env })
    assert.match(unknown.stderr, /did you mean 'mine'\?/)
    const rows = JSON.parse((await ok('profiles', '--json')).stdout)
    const row = rows.find(({ name }: { name: string }) => name === 'bad')
    assert.deepEqual([row.status, row.source], ['broken', 'user'])
    assert.match(row.problems[0].what, /line 1 of .*bad\.env/)
    assert.match(row.problems[0].fix, /mend .*bad\.env/)
  })

  it('comes before a plugin’s, and runs as one-shot by JSON', async () => {
    program('claude', 'printf "%s|" "$@"; cat')
    writeFileSync(
      home.file('profiles/claude-code.json'),
      JSON.stringify({
        command: ['claude', '-x'],
        headless: { args: ['-q'], autonomousArgs: [], stdin: 'prompt' },
      }),
      { mode: 0o600 },
    )
    const result = await home.run(['run', '-p', 'claude-code', '-m', 'hello'], { env })
    assert.deepEqual([result.code, result.stdout], [0, '-x|-q|hello'])
  })
})
