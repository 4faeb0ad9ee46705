import { relative } from 'node:path'
import { type Command, type Interfaces, Plugin } from '@oclif/core'
import type { BundledPlugin } from './built-in.ts'
import { commandDetails } from './command-details.ts'

/** A plugin that is loaded from the bundle: nothing of it is searched for or read. */
export class PluginOfBundle extends Plugin {
  private readonly bundled: BundledPlugin
  private bundleFromRoot: string | undefined

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
    this.hooks = Object.create(null)
    for (const [event, target] of Object.entries(pjson.oclif.hooks ?? {})) {
      const files = [target].flat()
      // Where the file lies is worked out when something happens that the hook is for.
      const hooksOf = () =>
        files.map((file) => ({ identifier: 'default', target: this.fileOfBundle(String(file)) }))
      Object.defineProperty(this.hooks, event, { get: hooksOf, enumerable: true })
    }
    this.commands = Object.entries(manifest.commands).map(([id, command]) => {
      const known = 'flags' in command ? { ...command } : new BriefCommand(command, name)
      const load = async () => this.commandOf(id)
      return Object.assign(known as Command.Loadable, { load, pluginAlias: name, pluginType: 'core' })
    })
  }

  override async findCommand(id: string, opts: { must: true }): Promise<Command.Class>
  override async findCommand(id: string, opts?: { must: boolean }): Promise<Command.Class | undefined>
  override async findCommand(id: string, opts: { must?: boolean } = {}): Promise<Command.Class | undefined> {
    if (opts.must || this.bundled.commands[id]) return this.commandOf(id)
    return undefined
  }

  /** oclif takes paths from the plugin's folder on. */
  private fileOfBundle(file: string): string {
    this.bundleFromRoot ??= relative(this.root, import.meta.dirname)
    return `${this.bundleFromRoot}/${file}`
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

/** A command of which only what every start needs is at hand. */
class BriefCommand {
  declare id: string
  private readonly plugin: string

  constructor(known: object, plugin: string) {
    Object.assign(this, known)
    this.plugin = plugin
  }

  get args(): unknown {
    return this.details.args
  }

  get flags(): unknown {
    return this.details.flags
  }

  get examples(): unknown {
    return this.details.examples
  }

  get usage(): unknown {
    return this.details.usage
  }

  get relativePath(): unknown {
    return this.details.relativePath
  }

  private get details(): Partial<Command.Cached> {
    return commandDetails(this.plugin, this.id)
  }
}

function isCommand(value: unknown): boolean {
  return typeof (value as { run?: unknown } | undefined)?.run === 'function'
}
