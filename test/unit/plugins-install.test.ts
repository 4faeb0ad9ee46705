import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '@oclif/core'
import { installSource } from '../../src/extensions/install-source.ts'
import { readEntries } from '../../src/extensions/installed/entries.ts'
import { type InstallOptions, installPlugin, type Proposal } from '../../src/extensions/installed/install.ts'
import { loadUserPlugins } from '../../src/extensions/installed/load.ts'
import {
  findEntries,
  resetPlugins,
  uninstallPlugins,
  whatResetTakes,
} from '../../src/extensions/installed/remove.ts'
import { updatePlugins } from '../../src/extensions/installed/update.ts'
import { digest } from '../support/digest.ts'
import { type PluginParts, testPlugin, writePlugin } from '../support/plugin.ts'
import { Registry } from '../support/registry.ts'

describe('installing and updating a plugin', function () {
  this.timeout(60_000)
  let registry: Registry
  let folder: string
  before(async () => {
    registry = await Registry.start()
  })
  after(() => registry.stop())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-plugins-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const publish = (name: string, parts: PluginParts = {}) => {
    const { pjson, files } = testPlugin(name, parts)
    registry.add(pjson, files)
  }
  const config = async () => {
    const plugins = await loadUserPlugins({ dataDir: folder }, () => {})
    return {
      ...{ dataDir: folder, commands: [], pjson: { oclif: {} } },
      plugins: new Map(plugins.map((plugin) => [plugin.name, plugin])),
    } as unknown as Config
  }
  const options = (approve: InstallOptions['approve'] = async () => true): InstallOptions => ({
    ...{ allowScripts: false, force: false, say: () => {}, approve },
    signal: new AbortController().signal,
    env: { ...process.env, ...registry.env(), AGENTVM_HOME: folder },
  })
  const install = async (word: string, approve?: InstallOptions['approve']) =>
    installPlugin(await config(), installSource(word), options(approve))

  it('leaves everything as it was, byte for byte, if anything fails', async () => {
    publish('@t/kept', { profiles: ['kept'] })
    await install('@t/kept')
    const before = digest(folder)
    publish('@t/broken')
    publish('@t/needs-more', { fields: { dependencies: { nowhere: '1' } } })
    publish('@t/newer-api', { fields: { agentvm: { apiVersion: 2 } } })
    publish('@t/no-plugin', { fields: { agentvm: undefined, oclif: undefined } })
    publish('@t/unbuilt', { fields: { oclif: { hooks: { 'agentvm:kill': './dist/gone.js' } } } })
    publish('@t/bad-id', { fields: { agentvm: { apiVersion: 1, profiles: ['Not An Id'] } } })
    publish('@t/unwanted')
    registry.break('@t/broken', 'corrupt')
    const cases: [string, RegExp][] = [
      ['@t/nowhere', /@t\/nowhere@latest can't be installed: there is no such package \(E404\)/],
      ['@t/broken', /not what was published \(EINTEGRITY\)/],
      ['@t/broken@7', /@t\/broken@7 can't be installed: No matching version/],
      ['@t/needs-more', /can't be installed: there is no such package/],
      ['@t/newer-api', /is for version 2 of the extension API, this agentvm has 1; update agentvm/],
      ['@t/no-plugin', /is not a plugin of agentvm/],
      ['@t/unbuilt', /unbuilt: \.\/dist\/gone\.js is missing from the package/],
      ['@t/bad-id', /package\.json "agentvm": profiles\[0\]: must match/],
      ['@t/unwanted', /nothing was installed/],
    ]
    for (const [word, message] of cases) {
      await assert.rejects(
        install(word, async () => false),
        message,
      )
      assert.equal(digest(folder), before, word)
    }
  })

  it('shows what a plugin brings before anything counts', async () => {
    publish('@t/shown', { profiles: ['one'], hooks: { 'agentvm:kill': '' }, commands: ['hello'] })
    let seen: Proposal | undefined
    await install('@t/shown', async (proposal) => {
      seen = proposal
      assert.deepEqual(readEntries(folder), [])
      return true
    })
    const { name, commands, profiles, hooks } = seen?.change ?? {}
    assert.deepEqual([name, commands, profiles], ['@t/shown', ['hello'], ['one']])
    assert.deepEqual([hooks, seen?.packages], [['agentvm:kill', 'agentvm:profiles'], 0])
  })

  it('updates what is newer, keeps what fails, and asks only of what has changed', async () => {
    for (const name of ['@t/one', '@t/two', '@t/three']) publish(name)
    for (const name of ['@t/one', '@t/two', '@t/three']) await install(name)
    publish('@t/one', { version: '1.1.0' })
    publish('@t/two', { version: '1.1.0', fields: { agentvm: { apiVersion: 99 } } })
    const asked: string[] = []
    const approve = async ({ change }: Proposal) => asked.push(change.name) > 0
    const rows = await updatePlugins(await config(), [], options(approve))
    assert.deepEqual(
      rows.map(({ name, version, updated }) => [name, version, updated]),
      [
        ['@t/one', '1.1.0', true],
        ['@t/two', '1.0.0', false],
        ['@t/three', '1.0.0', false],
      ],
    )
    assert.match(rows[1]?.error ?? '', /version 99/)
    assert.deepEqual([rows[2]?.error, asked], [null, ['@t/one']])
    const versions = [...(await config()).plugins.values()].map(({ name, version }) => `${name} ${version}`)
    assert.deepEqual(versions.sort(), ['@t/one 1.1.0', '@t/three 1.0.0', '@t/two 1.0.0'])
    assert.equal(readdirSync(join(folder, 'store')).length, 3)
  })

  it('reads what oclif had installed before, and removes it with the last of it', async () => {
    const place = join(folder, 'node_modules/@t/old')
    writePlugin(place, testPlugin('@t/old'))
    const plugins = [
      { name: '@t/old', type: 'user', tag: 'latest' },
      { name: 5 },
      null,
      { type: 'link', name: 'x' },
    ]
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ oclif: { plugins } }))
    assert.deepEqual(readEntries(folder), [{ name: '@t/old', type: 'user', root: place, tag: 'latest' }])
    assert.deepEqual([...(await config()).plugins.keys()], ['@t/old'])
    await uninstallPlugins(await config(), findEntries(folder, ['@t/old']))
    assert.equal(existsSync(join(folder, 'node_modules')), false)
    assert.throws(() => findEntries(folder, ['@t/old']), /the plugin '@t\/old' is not installed/)
  })

  it('lets two at once wait for each other, and removes what one that was killed has left', async () => {
    publish('@t/left')
    publish('@t/right')
    mkdirSync(join(folder, 'store/killed-1234'), { recursive: true })
    mkdirSync(join(folder, 'staging-999999999-abcdef'))
    await Promise.all([install('@t/left'), install('@t/right')])
    assert.deepEqual([...(await config()).plugins.keys()].sort(), ['@t/left', '@t/right'])
    assert.deepEqual(readdirSync(folder).sort(), ['package.json', 'store'])
    assert.equal(readdirSync(join(folder, 'store')).length, 2)
  })

  it('finds plugins again after their folder was moved', async () => {
    publish('@t/moved', { commands: ['moved'] })
    await install('@t/moved')
    const before = folder
    folder = `${before}-elsewhere`
    renameSync(before, folder)
    assert.deepEqual([...(await config()).plugins.keys()], ['@t/moved'])
    await assert.rejects(install('@t/nowhere'))
    assert.equal(readdirSync(join(folder, 'store')).length, 1)
  })

  it('shows no credentials of an address', async () => {
    const address = registry.url.replace('//', '//user:hunter2@')
    publish('@t/private')
    const said: string[] = []
    const from = `${address}@t/private/-/private-1.0.0.tgz`
    const change = await installPlugin(await config(), installSource(from), {
      ...options(),
      say: (what) => said.push(what),
    })
    await assert.rejects(install(`${address}gone.tgz`), (error: Error) => !error.message.includes('hunter2'))
    assert.equal([...said, change.from].join().includes('hunter2'), false)
  })

  it('is refused where the list is damaged, which reset mends', async () => {
    writeFileSync(join(folder, 'package.json'), '{"oclif": ')
    mkdirSync(join(folder, 'store/lost-1234'), { recursive: true })
    await assert.rejects(install('@t/any'), /package\.json can't be read/)
    const said: string[] = []
    assert.deepEqual(await loadUserPlugins({ dataDir: folder }, (message) => said.push(message)), [])
    assert.match(said.join(), /^no plugin is loaded: .*\n {2}→ agentvm plugins reset/)
    assert.deepEqual(whatResetTakes(folder), ['all plugins, whose list is damaged'])
    assert.deepEqual(await resetPlugins(await config()), [])
    assert.deepEqual([readEntries(folder), readdirSync(join(folder, 'store'))], [[], []])
  })

  it('says what ids it shares with others, and which of them counts', async () => {
    const publishAndInstall = async (name: string) => {
      publish(name, { profiles: ['shared'], hooks: { init: '' } })
      let notes: string[] = []
      await install(name, async (proposal) => {
        notes = proposal.notes
        return true
      })
      return notes
    }
    const init = 'its hook init is never called: agentvm calls only its own'
    assert.deepEqual(await publishAndInstall('@t/m'), [init])
    assert.deepEqual(await publishAndInstall('@t/a'), [
      init,
      "its profile 'shared' takes the place of that of @t/m",
    ])
    assert.deepEqual(await publishAndInstall('@t/z'), [
      init,
      "its profile 'shared' is hidden by that of @t/a",
    ])
  })
})
