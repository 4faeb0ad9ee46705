import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../../src/settings/config-file.ts'
import { SETTING_KEYS } from '../../src/settings/config-file-keys.ts'

describe('the settings', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'agentvm-config-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  const read = (config: string | undefined, env: NodeJS.ProcessEnv = {}) => {
    const configFile = join(dir, 'config')
    if (config !== undefined) writeFileSync(configFile, config, { mode: 0o644 })
    return readSettings({ configFile }, env)
  }

  it('have defaults', () => {
    assert.partialDeepStrictEqual(
      { ...read(undefined) },
      {
        defaultProfile: undefined,
        gitlawbDefault: false,
        sandbox: undefined,
        net: undefined,
        requireSandbox: false,
        requireLimits: false,
        memory: undefined,
        cpus: undefined,
        pids: undefined,
        openFiles: undefined,
        tmpSize: undefined,
        shmSize: undefined,
        logSize: undefined,
        protect: undefined,
        gitConfig: undefined,
        strictHooks: false,
        detachKey: 'C-]',
        killGrace: 5,
        allow: undefined,
        trashDays: 30,
      },
    )
  })

  it('come from the config file before the environment', () => {
    const settings = read('AGENTVM_NET=none\nexport AGENTVM_DEFAULT_PROFILE="codex"\n', {
      AGENTVM_NET: 'host',
      AGENTVM_KILL_GRACE: '1.5',
    })
    assert.equal(settings.net, 'none')
    assert.equal(settings.defaultProfile, 'codex')
    assert.equal(settings.killGrace, 1.5)
  })

  it('count as not set when empty', () => {
    assert.equal(read('AGENTVM_NET=\n', { AGENTVM_NET: 'host' }).net, 'host')
    assert.equal(read('AGENTVM_REQUIRE_SANDBOX=\n').requireSandbox, false)
  })

  it('warn of unknown keys with their line and the nearest key', () => {
    const { warnings } = read('# x\nAGENTVM_REQUIRE_SANDBX=true\nFOO=1\n')
    assert.match(
      warnings[0] ?? '',
      /^line 2 of .*no setting AGENTVM_REQUIRE_SANDBX: did you mean AGENTVM_REQUIRE_SANDBOX\?$/,
    )
    assert.match(warnings[1] ?? '', /^line 3 of .*no setting FOO$/)
  })

  it('stop only who needs them when a value is wrong', () => {
    const settings = read('AGENTVM_SANDBOX=bwrap\nAGENTVM_NET=hsot\n')
    assert.equal(settings.sandbox, 'bwrap')
    assert.throws(() => settings.net, /line 2 of .*: AGENTVM_NET can't be "hsot"/)
  })

  it('name the environment when the wrong value is there', () => {
    assert.throws(
      () => read('', { AGENTVM_KILL_GRACE: '-1' }).killGrace,
      /the environment: AGENTVM_KILL_GRACE/,
    )
  })

  it('name the line that cannot be parsed', () => {
    assert.throws(() => read('AGENTVM_NET=none\nif true; then\n').net, /line 2 of/)
  })

  it('are refused from a file that others can change', () => {
    read('AGENTVM_SANDBOX=none\n')
    chmodSync(join(dir, 'config'), 0o666)
    assert.throws(() => read(undefined).sandbox, /other users can change/)
  })

  it('take only detach keys that leave typing possible and need no quotes in tmux', () => {
    const { detachKey } = SETTING_KEYS
    for (const key of ['C-]', 'C-q', 'M-d', 'C-M-x', 'F12', 'C-\\', 'S-F1'])
      assert.equal(detachKey.parse(key), key)
    for (const key of [
      'q',
      'S-a',
      "C-'",
      'C-;',
      'C-"',
      'Enter',
      'C-',
      'C-ab',
      'F13',
      'C-q\n',
      "x' run-shell 'y",
    ])
      assert.equal(detachKey.parse(key), undefined)
  })

  it('have an own default, type and description each', () => {
    for (const setting of Object.values(SETTING_KEYS)) {
      assert.match(setting.key, /^AGENTVM_[A-Z_]+$/)
      assert.ok(setting.type && setting.description)
    }
  })
})
