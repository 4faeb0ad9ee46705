import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import codex from '@agentvm/profile-codex'
import type { PluginRow } from '../../../../src/extensions/plugin-list.ts'
import { testPlugin, writePlugin } from '../../plugin.ts'
import { Registry } from '../../registry.ts'
import type { FaultyHome } from '../faulty-home.ts'
import { type FaultScenario, nothing, userFile } from '../scenario.ts'

const CHECKED = String(codex.versions.checked)

/** A registry with two versions of a plugin, and a CLI. */
async function serve() {
  const registry = await Registry.start()
  for (const version of ['1.0.0', '1.1.0']) {
    const { pjson, files } = testPlugin('@t/one', { version, profiles: ['of-one'] })
    registry.add(pjson, files)
  }
  for (const version of ['0.100.0', CHECKED, '9.0.0']) {
    registry.add(
      { name: '@openai/codex', version, bin: { codex: 'codex.js' } },
      { 'codex.js': `#!/usr/bin/env node\nconsole.log('codex-cli ${version}')\n` },
    )
  }
  const PATH = `${process.execPath.replace(/\/node$/, '')}:/usr/bin:/bin`
  return { env: { ...registry.env(), PATH }, stop: () => registry.stop() }
}

const plugins = async (home: FaultyHome) =>
  (await home.json<PluginRow[]>('plugins')).map(({ name, version }) => `${name} ${version}`)
/** Nothing lies there that isn't on the list. */
const stored = (home: FaultyHome, count: number) => {
  const store = home.file('plugins/store')
  assert.equal(existsSync(store) ? readdirSync(store).length : 0, count, 'packages in the store')
}
const clis = (home: FaultyHome, count: number) => {
  const folder = home.file('clis/codex')
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'current') : []
  assert.equal(found.length, count, `installations: ${found}`)
}
const cliVersion = async (home: FaultyHome) => {
  const rows = await home.json<{ name: string; version: string | null }[]>('profiles')
  return rows.find(({ name }) => name === 'codex')?.version ?? null
}
const writeOne = async (home: FaultyHome) => {
  writePlugin(userFile(home, 'one'), testPlugin('@t/one', { profiles: ['of-one'] }))
}
const installed = async (home: FaultyHome) => {
  await home.ok('plugins', 'install', '@t/one@1.0.0', '--yes')
}

/** Plugins and CLIs that come and go. */
export const PACKAGE_SCENARIOS: FaultScenario[] = [
  {
    title: 'plugins install',
    ...{ serve, reloads: true, isSlow: true },
    prepare: nothing,
    command: ['plugins', 'install', '@t/one@1.0.0', '--yes'],
    after: async (home) => {
      assert.deepEqual(await plugins(home), ['@t/one 1.0.0'])
      stored(home, 1)
    },
  },
  {
    title: 'plugins update',
    ...{ serve, reloads: true, isSlow: true },
    prepare: async (home) => {
      await home.ok('plugins', 'install', '@t/one@^1.0.0', '--yes')
    },
    command: ['plugins', 'update', '--yes', '--force'],
    after: async (home) => {
      assert.deepEqual(await plugins(home), ['@t/one 1.1.0'])
      stored(home, 1)
    },
  },
  {
    title: 'plugins uninstall',
    ...{ serve, reloads: true, isSlow: true },
    prepare: installed,
    command: ['plugins', 'uninstall', '@t/one', '--force'],
    doneAlready: /is not installed/,
    after: async (home) => {
      assert.deepEqual(await plugins(home), [])
      stored(home, 0)
    },
  },
  {
    title: 'plugins link',
    reloads: true,
    prepare: writeOne,
    command: (home) => ['plugins', 'link', userFile(home, 'one')],
    after: async (home) => assert.deepEqual(await plugins(home), ['@t/one 1.0.0']),
  },
  {
    title: 'plugins reset',
    ...{ serve, reloads: true, isSlow: true },
    prepare: installed,
    command: ['plugins', 'reset', '--force'],
    after: async (home) => {
      assert.deepEqual(await plugins(home), [])
      stored(home, 0)
    },
  },
  {
    title: 'plugins new',
    prepare: async (home) => {
      userFile(home, 'kept', '')
    },
    command: (home) => ['plugins', 'new', 'profile', 'mine', '--dir', userFile(home, 'mine')],
    doneAlready: /is there already|not empty/,
    after: async (home) => {
      assert.deepEqual(readdirSync(home.files).sort(), ['kept', 'mine'])
      assert.equal(existsSync(userFile(home, 'mine/package.json')), true)
    },
  },
  {
    title: 'profiles install',
    ...{ serve, isSlow: true },
    prepare: nothing,
    command: ['profiles', 'install', 'codex@0.100.0'],
    after: async (home) => {
      assert.equal(await cliVersion(home), '0.100.0')
      clis(home, 1)
    },
  },
  {
    title: 'profiles install of another version',
    ...{ serve, isSlow: true },
    prepare: async (home) => {
      await home.ok('profiles', 'install', 'codex@0.100.0')
    },
    command: ['profiles', 'install', 'codex@9.0.0'],
    after: async (home) => {
      assert.equal(await cliVersion(home), '9.0.0')
      clis(home, 1)
    },
  },
  {
    title: 'profiles update',
    ...{ serve, isSlow: true },
    prepare: async (home) => {
      await home.ok('profiles', 'install', 'codex@0.100.0')
    },
    command: ['profiles', 'update'],
    after: async (home) => {
      assert.equal(await cliVersion(home), CHECKED)
      clis(home, 1)
    },
  },
  {
    title: 'profiles uninstall',
    ...{ serve, isSlow: true },
    prepare: async (home) => {
      await home.ok('profiles', 'install', 'codex@0.100.0')
    },
    command: ['profiles', 'uninstall', 'codex'],
    doneAlready: /has installed no CLI/,
    after: async (home) => {
      assert.equal(await cliVersion(home), null)
      clis(home, 0)
    },
  },
]
