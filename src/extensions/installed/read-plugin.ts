import { join } from 'node:path'
import { API_VERSION, type PluginManifest } from '@agentvm/sdk'
import { check, ManifestSchema } from '@agentvm/sdk/schemas'
import type { Interfaces } from '@oclif/core'
import { type PluginCommands, readCommands } from './read-commands.ts'
import { isObject, readJsonObject } from './read-json.ts'

/** What the files of a plugin say of it. Its code isn't loaded for that. */
export interface PluginFacts extends PluginCommands {
  root: string
  name: string
  version: string
  pjson: Interfaces.PJSON
  /** What it offers; undefined if it brings commands only. */
  offers: PluginManifest | undefined
  /** The hook modules, by hook: paths in the package. Only agentvm's own hooks are ever called. */
  hooks: Record<string, string[]>
  /** oclif's own hooks (`init`, `prerun`, …) that it names: they would run at every command, and are never called. */
  uncalled: string[]
}

const NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/
const VERSION = /^\d+\.\d+\.\d+[0-9A-Za-z.+-]*$/
const PJSON_BYTES = 1024 ** 2

/** Whether a text can be the name of a plugin's package. */
export function isPluginName(text: string): boolean {
  return text.length <= 214 && NAME.test(text)
}

/**
 * Reads `package.json` and `oclif.manifest.json` of a plugin. Throws an `Error` whose message continues the plugin's
 * name, if it can't be used with this agentvm at all: not readable, not a plugin, for another version of the API.
 */
export function readPlugin(root: string): PluginFacts {
  const pjson = readPjson(root)
  const { name, version, oclif } = pjson
  if (typeof name !== 'string' || !isPluginName(name))
    throw new Error('package.json: name is not that of a package')
  if (typeof version !== 'string' || !VERSION.test(version))
    throw new Error('package.json: version is not one')
  const offers = readOffers(pjson.agentvm)
  if (oclif === undefined && offers === undefined)
    throw new Error('is not a plugin of agentvm: package.json has neither "agentvm" nor "oclif"')
  const about = oclif ?? {}
  if (!isObject(about)) throw new Error('package.json "oclif": must be an object')
  const hooks = readHooks(about.hooks ?? {})
  const ours = Object.keys(hooks).filter((hook) => hook.startsWith('agentvm:'))
  if (offers === undefined && ours.length > 0)
    throw new Error(
      `package.json says not for which version of the extension API it is: "agentvm": {"apiVersion": ${API_VERSION}}`,
    )
  return {
    ...{ root, name, version, offers },
    pjson: { ...pjson, oclif: { ...about, plugins: [] } } as unknown as Interfaces.PJSON,
    hooks: Object.fromEntries(ours.map((hook) => [hook, hooks[hook] ?? []])),
    uncalled: Object.keys(hooks).filter((hook) => !hook.startsWith('agentvm:')),
    ...readCommands(root, version, about.commands),
  }
}

function readPjson(root: string): Record<string, unknown> {
  let pjson: Record<string, unknown> | undefined
  try {
    pjson = readJsonObject(join(root, 'package.json'), PJSON_BYTES)
  } catch (error) {
    throw new Error(`package.json ${(error as Error).message}`, { cause: error })
  }
  if (!pjson) throw new Error('is installed, but its folder is gone or not a plugin any more')
  return pjson
}

/** The manifest under `agentvm`. A number that isn't ours is said as such, whatever else that version's form may be. */
function readOffers(raw: unknown): PluginManifest | undefined {
  if (raw === undefined) return undefined
  const problem = apiVersionProblem(raw)
  if (problem) throw new Error(problem)
  if (isPlainManifest(raw)) return raw
  const checked = check(ManifestSchema, raw)
  if (checked.ok) return checked.value
  throw new Error(`package.json "agentvm": ${checked.problems.join('; ')}`)
}

/** What to say of a manifest for another version of the extension API. */
export function apiVersionProblem(raw: unknown): string | undefined {
  const apiVersion = isObject(raw) ? raw.apiVersion : undefined
  if (typeof apiVersion !== 'number' || apiVersion === API_VERSION) return undefined
  return `is for version ${apiVersion} of the extension API, this agentvm has ${API_VERSION}; ${
    apiVersion > API_VERSION ? 'update agentvm' : 'update the plugin'
  }`
}

/**
 * Whether a manifest is beyond doubt valid, for this version. The schema says the same and what is wrong, but takes longer to
 * load than all plugins together, and this is asked at every command.
 */
export function isPlainManifest(raw: unknown): raw is PluginManifest {
  if (!isObject(raw)) return false
  const { apiVersion, profiles = [], sandboxes = [], identities = [], ...others } = raw
  return (
    apiVersion === API_VERSION &&
    Object.keys(others).length === 0 &&
    [profiles, sandboxes, identities].every((ids) => Array.isArray(ids) && ids.every(isPlainId))
  )
}

const isPlainId = (id: unknown) => typeof id === 'string' && /^[a-z0-9][a-z0-9-]*$/.test(id)

function readHooks(raw: unknown): Record<string, string[]> {
  if (!isObject(raw)) throw new Error('package.json "oclif": hooks: must be an object')
  const hooks = Object.entries(raw).map(([hook, modules]): [string, string[]] => [
    hook,
    (Array.isArray(modules) ? modules : [modules]).map((module) => targetOf(hook, module)),
  ])
  return Object.fromEntries(hooks)
}

function targetOf(hook: string, module: unknown): string {
  const target = isObject(module) ? module.target : module
  if (typeof target === 'string' && isWithin(target)) return target
  throw new Error(
    `package.json "oclif": hooks: ${JSON.stringify(hook)}: must be the path of a module in the package`,
  )
}

/** Whether a path leads to something in the package. */
function isWithin(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0')
}
