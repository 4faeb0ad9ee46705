import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '@oclif/core'
import { UserError } from '../../errors.ts'
import { visibleLine } from '../../terminal/visible.ts'
import { abilitiesOf, missingModules, sideEffects } from './abilities.ts'
import { allowedPlugins } from './allowed.ts'
import { changingPlugins, linkEntry } from './change.ts'
import { readEntries } from './entries.ts'
import { notAllowed, type PluginChange } from './install.ts'
import { type PluginFacts, readPlugin } from './read-plugin.ts'

/** A linked plugin, with what is worth knowing of it. */
export interface Linked {
  change: PluginChange
  notes: string[]
}

/** Uses a plugin from the folder where it is worked on. Throws a {@link UserError} if there is none that can be used. */
export function linkPlugin(config: Config, folder: string, env: NodeJS.ProcessEnv): Promise<Linked> {
  const facts = read(folder)
  const { name, version, root } = facts
  if (!allowedPlugins(env)(name)) throw notAllowed(name)
  return changingPlugins(config.dataDir, async () => {
    const previous = config.plugins.get(name)?.version ?? null
    const before = readEntries(config.dataDir).find((entry) => entry.name === name)
    linkEntry(config.dataDir, { name, type: 'link', root })
    return {
      change: {
        ...{ name, version, previous_version: previous, source: 'linked', from: root },
        ...abilitiesOf(facts),
      },
      notes: [
        ...sideEffects(config, facts, 'linked'),
        ...(before?.type === 'user' ? ['it takes the place of the installed one, which is removed'] : []),
        ...missingModules(facts).map((path) => `${visibleLine(path)} is missing: it has to be built`),
      ],
    }
  })
}

function read(folder: string): PluginFacts {
  try {
    if (!existsSync(folder)) throw new Error('there is no such folder')
    if (!existsSync(join(folder, 'package.json'))) throw new Error('holds no package.json, so no plugin')
    return readPlugin(realpathSync(folder))
  } catch (error) {
    throw new UserError(`${folder}: ${visibleLine((error as Error).message)}`, {
      fix: 'agentvm plugins link FOLDER, the one with its package.json in it',
      exitCode: 2,
      cause: error,
    })
  }
}
