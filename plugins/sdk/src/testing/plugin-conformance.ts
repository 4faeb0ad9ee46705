import * as assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { API_VERSION } from '../manifest.ts'
import { ManifestSchema } from '../schemas/manifest.ts'
import { type Promises, type TestFramework, testPromises } from './framework.ts'
import { assertKeeps } from './keeps-schema.ts'
import { loadHook } from './load-hook.ts'
import { assertProvides, assertSurvives, HOOKS, isProviderHook, PROVIDERS } from './plugin-hooks.ts'
import { PluginPackage } from './plugin-package.ts'

/** What {@link pluginConformance} may be told. */
export interface PluginOptions {
  /** CPU time that loading one hook may take, milliseconds. 100 by default. */
  maxLoadMs?: number
  /** The paths that npm would publish, where the caller has asked it already. */
  published?: string[]
}

/**
 * What every plugin promises as a package, as tests: that it declares what it ships, is published whole, loads fast and
 * quietly, and bears whatever agentvm tells its hooks. Build it first: the modules that `package.json` names are
 * loaded, each in a process of its own, and called with made-up agents.
 *
 * @param folder the package's own folder, such as `new URL('..', import.meta.url)`
 */
export function pluginConformance(
  folder: string | URL,
  framework: TestFramework,
  { maxLoadMs = 100, published }: PluginOptions = {},
): void {
  const plugin = new PluginPackage(folder, published)
  framework.describe(`the plugin ${plugin.json.name}`, () => {
    testPromises(plugin, PROMISES, framework)
    framework.it(`loads each of its hooks in ${maxLoadMs} ms, and prints nothing by that`, async () => {
      for (const { path } of plugin.hooks()) assertLoads(join(plugin.folder, path), maxLoadMs)
    })
    for (const { name, path } of plugin.hooks()) {
      framework.it(`bears what agentvm asks of its hook ${name}`, async () => {
        const module = join(plugin.folder, path)
        if (isProviderHook(name)) await assertProvides(module, name, plugin.json.agentvm ?? {})
        else await assertSurvives(module, name)
      })
    }
  })
}

const PROMISES: Promises<PluginPackage> = {
  'has a manifest for this version of the extension API': ({ json }) => {
    const { apiVersion } = assertKeeps(ManifestSchema, json.agentvm)
    assert.equal(apiVersion, API_VERSION, `it is for version ${apiVersion}`)
  },

  'says what it is: name, version, licence, description': ({ json }) => {
    for (const field of ['name', 'version', 'license', 'description'] as const)
      assert.ok(typeof json[field] === 'string' && json[field] !== '', `package.json has no ${field}`)
  },

  'has a file for each of its hooks, and knows them all': (plugin) => {
    const hooks = plugin.hooks()
    assert.ok(hooks.length > 0, 'package.json names no hook (oclif.hooks)')
    for (const { name, path } of hooks) {
      const isOurs = name.startsWith('agentvm:')
      assert.ok(!isOurs || HOOKS.includes(name), `there is no hook ${name}`)
      assert.ok(existsSync(join(plugin.folder, path)), `${name}: there is no ${path}; is it built?`)
    }
  },

  'has a hook for what it declares, and declares what it has a hook for': (plugin) => {
    const hooks = plugin.hooks().map(({ name }) => name)
    for (const [hook, { field }] of Object.entries(PROVIDERS)) {
      const declared = plugin.json.agentvm?.[field] as string[] | undefined
      assert.equal(hooks.includes(hook), (declared?.length ?? 0) > 0, `agentvm.${field} and the hook ${hook}`)
    }
  },

  'is published whole': (plugin) => {
    const published = plugin.published()
    for (const { path } of plugin.hooks())
      assert.ok(
        published.includes(path.replace(/^\.\//, '')),
        `${path} is not published (package.json "files")`,
      )
    assert.ok(
      published.some((path) => /^readme(\.|$)/i.test(path)),
      'it has no README',
    )
    // Without it agentvm would have to load every command of the plugin to know their names.
    if (plugin.json.oclif?.commands !== undefined)
      assert.ok(published.includes('oclif.manifest.json'), 'it has commands and no oclif.manifest.json')
  },

  'depends on what it imports': (plugin) => {
    const { dependencies, peerDependencies, optionalDependencies, name } = plugin.json
    const there = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    for (const wanted of plugin.imports())
      assert.ok(isBuiltin(wanted) || wanted === name || there.includes(wanted), `${wanted} is no dependency`)
  },

  'needs no script at its install': ({ json }) => {
    for (const script of ['preinstall', 'install', 'postinstall'])
      assert.ok(
        json.scripts?.[script] === undefined,
        `'${script}' doesn't run: agentvm allows no such script`,
      )
  },
}

/** The best of three, since others may be using the machine. */
function assertLoads(module: string, maxLoadMs: number): void {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3 && best > maxLoadMs; round += 1) {
    const { ms, printed } = loadHook(module)
    assert.equal(printed, '', `${module} prints while it is loaded`)
    best = Math.min(best, ms)
  }
  assert.ok(
    best <= maxLoadMs,
    `${module} takes ${Math.round(best)} ms to load: import what is heavy when it is used`,
  )
}
