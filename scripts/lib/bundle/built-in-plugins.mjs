import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Plugin } from '@oclif/core'
import { ROOT } from '../paths.mjs'

/** Fields of a package.json that are looked at when agentvm runs. */
const LOOKED_AT = [
  ...['name', 'version', 'description', 'type', 'oclif', 'agentvm', 'dependencies'],
  ...['homepage', 'bugs', 'repository', 'engines'],
]

/** What is known of a command that only help and completion look at. */
const DETAILS = ['args', 'examples', 'flags', 'usage', 'relativePath']

/**
 * The modules that the bundle has in the place of those with the built-in plugins' data in `src/start/`, and the files
 * beside the bundle that oclif loads by their path: hooks and the class for help.
 *
 * @returns {Promise<{ modules: Map<string, string>, files: Map<string, string> }>} the texts of the modules by their
 *   paths; the module behind each file
 */
export async function builtInPlugins() {
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const files = new Map()
  const plugins = [await bundled(ROOT, root, files)]
  for (const name of root.oclif.plugins) {
    const folder = realpathSync(join(ROOT, 'node_modules', name))
    const pjson = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    plugins.push(await bundled(folder, pjson, files))
  }
  const modules = new Map([
    [
      'dist/start/built-in.js',
      `const commands = [${plugins.map(({ code }) => code).join(',\n')}]
      export const bundledPlugins = () =>
        ${parsed(plugins.map(({ data }) => data))}.map((plugin, at) => ({ ...plugin, commands: commands[at] }))`,
    ],
    [
      'dist/start/command-details.js',
      `const details = ${parsed(Object.fromEntries(plugins.map(({ data, details }) => [data.name, details])))}
      export const commandDetails = (plugin, id) => details[plugin]?.[id] ?? {}`,
    ],
  ])
  return { modules, files }
}

/** Text that JSON.parse reads costs less than an object that JavaScript makes. */
function parsed(value) {
  return `JSON.parse(${JSON.stringify(JSON.stringify(value))})`
}

async function bundled(folder, pjson, files) {
  const { manifest, commands } = await commandsOf(folder, pjson)
  const kept = Object.fromEntries(LOOKED_AT.map((field) => [field, pjson[field]]))
  kept.oclif = { ...pjson.oclif, hooks: {} }
  const isRoot = folder === ROOT
  const stub = (name, target) => {
    files.set(name, join(folder, target))
    return name
  }
  for (const [event, targets] of Object.entries(pjson.oclif.hooks ?? {})) {
    kept.oclif.hooks[event] = [targets]
      .flat()
      .map((target, index) => stub(fileName(pjson.name, event, index), target))
  }
  if (isRoot) kept.oclif.helpClass = `./dist/bundle/${stub('help.cjs', pjson.oclif.helpClass)}`
  const modules = Object.entries(commands).map(
    ([id, file]) => `${JSON.stringify(id)}: () => require(${JSON.stringify(file)})`,
  )
  const brief = {}
  const details = {}
  for (const [id, command] of Object.entries(manifest.commands)) {
    // oclif copies what it knows of a command for each of its aliases: that has to be there.
    const isWhole = command.aliases.length > 0 || command.hiddenAliases.length > 0
    const later = ([field]) => !isWhole && DETAILS.includes(field)
    const fields = Object.entries(command)
    brief[id] = Object.fromEntries(fields.filter((field) => !later(field)))
    if (!isWhole) details[id] = Object.fromEntries(fields.filter(later))
  }
  const data = { name: pjson.name, pjson: kept, manifest: { ...manifest, commands: brief } }
  return { data, details, code: `{${modules.join(', ')}}` }
}

function fileName(plugin, event, index) {
  return `${plugin}-${event}${index || ''}.cjs`.replace(/^@/, '').replaceAll(/[^\w.-]/g, '-')
}

/** What oclif knows of a plugin's commands, and the module of each. */
async function commandsOf(folder, pjson) {
  const plugin = new Plugin({ name: pjson.name, pjson, isRoot: true, root: folder, type: 'core' })
  await plugin.load()
  const sorted = plugin.commands.map(({ id }) => [id, plugin.manifest.commands[id]])
  const target = pjson.oclif.commands?.target ?? pjson.oclif.commands
  const files = typeof target === 'string' ? modulesBelow(join(folder, target)) : []
  return {
    manifest: { version: pjson.version, commands: Object.fromEntries(sorted) },
    commands: Object.fromEntries(files),
  }
}

/** Ids of commands by their files, as oclif takes them. */
function modulesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .map((file) => {
      const id = file.replace(/(?:^|\/)index\.js$|\.js$/, '').replaceAll('/', ':')
      return [id, join(folder, file)]
    })
}
