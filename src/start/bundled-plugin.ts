import { join, relative } from 'node:path'
import { type Command, type Interfaces, Plugin } from '@oclif/core'
import type { BundledPlugin } from './built-in.ts'

/** A plugin that is loaded from the bundle: nothing of it is searched for or read. */
export class PluginOfBundle extends Plugin {
  private readonly bundled: BundledPlugin

  /** @param root the folder of its package */
  constructor(bundled: BundledPlugin, root: string, isRoot: boolean) {
    super({ name: bundled.name, root, type: 'core', isRoot, pjson: bundled.pjson })
    this.bundled = bundled
  }

  override async load(): Promise<void> {
    const { name, pjson, manifest } = this.bundled
    this.root = this.options.root
    this.type = 'core'
    this.isRoot = this.options.isRoot ?? false
    this.name = name
    this.alias = name
    this.version = pjson.version
    this.pjson = pjson
    this.moduleType = 'module'
    this.valid = true
    this.hasManifest = true
    this.manifest = manifest
    this.commandIDs = Object.keys(manifest.commands)
    this.hooks = Object.fromEntries(
      Object.entries(pjson.oclif.hooks ?? {}).map(([event, target]) => [
        event,
        [target].flat().map((file) => ({ identifier: 'default', target: this.fileOfBundle(String(file)) })),
      ]),
    ) as typeof this.hooks
    this.commands = Object.entries(manifest.commands).map(([id, command]) => ({
      ...command,
      load: async () => this.commandOf(id),
      pluginAlias: name,
      pluginType: 'core',
    }))
  }

  override async findCommand(id: string, opts: { must: true }): Promise<Command.Class>
  override async findCommand(id: string, opts?: { must: boolean }): Promise<Command.Class | undefined>
  override async findCommand(id: string, opts: { must?: boolean } = {}): Promise<Command.Class | undefined> {
    if (opts.must || this.bundled.commands[id]) return this.commandOf(id)
    return undefined
  }

  /** oclif takes paths from the plugin's folder on. */
  private fileOfBundle(file: string): string {
    return relative(this.root, join(import.meta.dirname, file))
  }

  private commandOf(id: string): Command.Class {
    const module = this.bundled.commands[id]?.()
    if (!module) throw new Error(`command ${id} not found`)
    const command = (module.default ?? Object.values(module).find(isCommand)) as Command.Class
    command.id = id
    command.plugin = this as Interfaces.Plugin
    return command
  }
}

function isCommand(value: unknown): boolean {
  return typeof (value as { run?: unknown } | undefined)?.run === 'function'
}
