import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import codex from '@agentvm/profile-codex'
import type { CliChange } from '../../src/agents/clis/install-cli.ts'
import { platformName } from '../../src/agents/clis/platform-name.ts'
import type { CliUpdate } from '../../src/agents/clis/update-clis.ts'
import type { ProfileRow } from '../../src/agents/profile-report/report.ts'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { TestHome, until } from '../support/agentvm.ts'
import { schemaProblem } from '../support/output-schema.ts'
import { Registry } from '../support/registry.ts'

const CHECKED = String(codex.versions.checked)

describe('the CLIs that agentvm installs for profiles', () => {
  let home: TestHome
  let registry: Registry
  /** Node and the system, no agent CLI. */
  const PATH = `${process.execPath.replace(/\/node$/, '')}:/usr/bin:/bin`

  before(async () => {
    registry = await Registry.start()
    home = new TestHome()
    for (const version of ['0.100.0', CHECKED, '9.0.0']) addCodex(version)
  })
  after(async () => {
    registry.stop()
    await home.remove()
  })

  const run = (...args: string[]) => home.run(args, { env: { ...registry.env(), PATH } })
  const parsed = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await run(...args, '--json')
    assert.equal(code, 0, stdout + stderr)
    assert.equal(schemaProblem(args.slice(0, 2).join(':'), stdout), undefined)
    return JSON.parse(stdout)
  }
  const installed = async () => (await parsed<ProfileRow[]>('profiles')).find(({ name }) => name === 'codex')

  /** A program that says its version, and lives until it is killed when it is given something to do. */
  function addCodex(version: string, script = `setInterval(() => {}, 1000)`): void {
    const bin = `#!/usr/bin/env node
if (process.argv.includes('--version')) console.log('codex-cli ${version}')
else { console.log('codex ${version} at work'); ${script} }\n`
    const scripts = { postinstall: 'touch "$INIT_CWD/../../ran"' }
    registry.add(
      { name: '@openai/codex', version, bin: { codex: 'bin/codex.js' }, scripts },
      { 'bin/codex.js': bin },
    )
  }

  it('are offered by a spawn that lacks one', async () => {
    const { code, stderr } = await run('spawn', 'c1', '-p', 'codex')
    assert.equal(code, 127)
    assert.match(stderr, /agentvm profiles install codex/)
  })

  it('have the version that the profile was checked with, and no script of theirs runs', async () => {
    const change = await parsed<CliChange>('profiles', 'install', 'codex')
    assert.deepEqual([change.version, change.previous_version, change.installed], [CHECKED, null, true])
    const row = await installed()
    assert.deepEqual([row?.path, row?.version], [change.path, CHECKED])
    assert.equal(existsSync(home.file('clis', 'ran')), false)
    assert.equal((await parsed<CliChange>('profiles', 'install', 'codex')).installed, false)
  })

  it('are what an agent runs, which keeps its files while another version is installed', async () => {
    const { code, stdout, stderr } = await run('spawn', 'c1', '-p', 'codex', '--json')
    assert.equal(code, 0, stdout + stderr)
    const { log_file: log } = JSON.parse(stdout) as AgentRow
    assert.ok(log)
    await until(async () => (await home.ok('logs', 'c1')).includes(`codex ${CHECKED} at work`), 'the agent')
    await parsed('profiles', 'install', 'codex@9.0.0')
    assert.equal((await installed())?.version, '9.0.0')
    assert.equal(folders().length, 2)
    await home.ok('kill', 'c1')
    const [update] = await parsed<CliUpdate[]>('profiles', 'update')
    assert.deepEqual([update?.previous_version, update?.version, update?.updated], ['9.0.0', CHECKED, true])
    assert.equal(folders().length, 1)
  })

  const folders = () => readdirSync(home.file('clis', 'codex')).filter((name) => name !== 'current')

  for (const [what, spec, breaks, says] of [
    ['has no such version', 'codex@1.2.3', () => {}, /1\.2\.3/],
    [
      'sends something else',
      'codex@0.100.0',
      () => registry.break('@openai/codex', 'corrupt'),
      /not what was published/,
    ],
    ['has one that does not start', 'codex@8.0.0', () => addBroken(), /doesn't work.*exit code 3/],
  ] as const) {
    it(`stay as they were where the registry ${what}`, async () => {
      breaks()
      const { code, stderr } = await run('profiles', 'install', spec)
      registry.break('@openai/codex', undefined)
      assert.equal(code, 1)
      assert.match(stderr, says)
      assert.equal((await installed())?.version, CHECKED)
      assert.deepEqual(readdirSync(home.file('clis')), ['codex'])
    })
  }

  function addBroken(): void {
    const bin = '#!/bin/sh\necho broken >&2\nexit 3\n'
    registry.add({ name: '@openai/codex', version: '8.0.0', bin: { codex: 'codex' } }, { codex: bin })
  }

  it('need no install script where a package for the platform holds the program', async () => {
    const native = `@anthropic-ai/claude-code-${platformName()}`
    const stub = { 'bin/claude.exe': '#!/bin/sh\nexit 1\n' }
    registry.add({ name: native, version: '2.0.0' }, { claude: '#!/bin/sh\necho 2.0.0\n' })
    registry.add(
      {
        ...{ name: '@anthropic-ai/claude-code', version: '2.0.0', bin: { claude: 'bin/claude.exe' } },
        optionalDependencies: { [native]: '2.0.0' },
      },
      stub,
    )
    const change = await parsed<CliChange>('profiles', 'install', 'claude-code@2.0.0')
    assert.equal(change.version, '2.0.0')
  })

  it('are removed again, and one that is not there is an error', async () => {
    await parsed('profiles', 'uninstall', 'codex')
    assert.equal((await installed())?.status, 'no program')
    assert.equal(existsSync(home.file('clis', 'codex')), false)
    const { code, stderr } = await run('profiles', 'uninstall', 'codex')
    assert.equal(code, 1)
    assert.match(stderr, /no CLI for the profile 'codex'/)
    assert.match((await run('profiles', 'install', 'aider')).stderr, /pipx install aider-chat/)
  })
})
