import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import type { PackageJson } from './registry.ts'

/** A plugin as it is published: its `package.json`, and its files by their paths. */
export interface TestPlugin {
  pjson: PackageJson
  files: Record<string, string>
}

/** What a plugin of a test is made of. */
export interface PluginParts {
  version?: string
  /** Names of profiles; each runs `sh`. */
  profiles?: string[]
  /** Sources of hook modules, by hook, in the place of what they would be. */
  hooks?: Record<string, string>
  /** Commands that print their name. */
  commands?: string[]
  /** Fields of `package.json` in the place of what they would be. */
  fields?: Record<string, unknown>
}

/** A profile that runs `sh`. */
export function shProfile(name: string): Profile {
  return {
    ...{
      name,
      label: `The ${name}`,
      command: ['sh'],
      autonomousArgs: [],
      tools: [],
      prompt: { via: 'typed' },
    },
    env: { anyOf: [], allOf: [], optional: [], set: {} },
    hosts: { required: [], login: [], optional: [] },
    ...{ state: { copy: [], never: [] }, versions: { args: [] }, install: { hint: 'it is sh' } },
  }
}

/** Makes a plugin without dependencies. */
export function testPlugin(name: string, parts: PluginParts = {}): TestPlugin {
  const { version = '1.0.0', profiles = [], commands = [], fields = {} } = parts
  const provide = `export default async () => ${JSON.stringify(profiles.map(shProfile))}\n`
  const hooks = { ...(profiles.length > 0 ? { 'agentvm:profiles': provide } : {}), ...parts.hooks }
  const modules = Object.keys(hooks).map((hook) => [hook, `./${moduleOf(hook)}`])
  const pjson = {
    ...{ name, version, type: 'module' },
    agentvm: { apiVersion: 1, ...(profiles.length > 0 ? { profiles } : {}) },
    oclif: {
      ...(commands.length > 0 ? { commands: './commands' } : {}),
      hooks: Object.fromEntries(modules),
    },
    ...fields,
  }
  const files = Object.entries(hooks).map(([hook, source]) => [moduleOf(hook), source])
  return { pjson, files: { ...Object.fromEntries(files), ...commandFiles(name, version, commands) } }
}

/** Writes a plugin into a folder. */
export function writePlugin(folder: string, { pjson, files }: TestPlugin): void {
  for (const [path, text] of Object.entries({ 'package.json': JSON.stringify(pjson), ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const moduleOf = (hook: string) => `${hook.replaceAll(':', '-')}.js`

function commandFiles(plugin: string, version: string, commands: readonly string[]): Record<string, string> {
  if (commands.length === 0) return {}
  const entries = commands.map((id) => [id, cachedCommand(plugin, id)])
  const sources = commands.map((id) => [
    `commands/${id.replaceAll(':', '/')}.js`,
    `export default class { static id = '${id}'; static async run() { console.log('this is ${id}') } }\n`,
  ])
  const manifest = JSON.stringify({ version, commands: Object.fromEntries(entries) })
  return { 'oclif.manifest.json': manifest, ...Object.fromEntries(sources) }
}

function cachedCommand(plugin: string, id: string): object {
  return {
    ...{ id, aliases: [], hiddenAliases: [], args: {}, flags: {}, description: `Say ${id}` },
    ...{ pluginName: plugin, pluginType: 'user', strict: true, isESM: true },
    relativePath: ['commands', `${id.replaceAll(':', '/')}.js`],
  }
}
