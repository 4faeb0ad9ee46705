import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '@oclif/core'
import { compareText } from '../order.ts'
import { comparePrecedence, readProvided } from '../provided.ts'
import type { PluginFacts } from './read-plugin.ts'

/** What a plugin brings, and takes part in. */
export interface Abilities {
  commands: string[]
  profiles: string[]
  sandboxes: string[]
  identities: string[]
  /** Agentvm's hooks that it is called by. */
  hooks: string[]
}

/** What the files of a plugin say that it brings. */
export function abilitiesOf({ manifest, offers, hooks }: PluginFacts): Abilities {
  return {
    commands: Object.keys(manifest.commands).map(spaced).sort(compareText),
    profiles: [...(offers?.profiles ?? [])],
    sandboxes: [...(offers?.sandboxes ?? [])],
    identities: [...(offers?.identities ?? [])],
    hooks: Object.keys(hooks).sort(compareText),
  }
}

/** Modules that a plugin names and doesn't have: relative paths. */
export function missingModules({ root, hooks, manifest }: PluginFacts): string[] {
  const commands = Object.values(manifest.commands).map(({ relativePath }) => (relativePath ?? []).join('/'))
  return [...new Set([...Object.values(hooks).flat(), ...commands])].filter(
    (path) => !['', '.js', '.mjs', '.cjs'].some((ending) => existsSync(join(root, `${path}${ending}`))),
  )
}

/** What of a plugin will not have the effect that its author meant, or takes the place of something else: sentences. */
export function sideEffects(config: Config, facts: PluginFacts, source: 'installed' | 'linked'): string[] {
  const others = [...config.commands].filter(({ pluginName }) => pluginName !== facts.name)
  const hidden = Object.keys(facts.manifest.commands).filter((id) => others.some((other) => other.id === id))
  return [
    ...facts.problems,
    ...hidden.map((id) => `its command '${spaced(id)}' can't be reached: there is one of that name`),
    ...facts.uncalled.map((hook) => `its hook ${hook} is never called: agentvm calls only its own`),
    ...sharedIds(config, facts, source),
  ]
}

function sharedIds(config: Config, facts: PluginFacts, source: 'installed' | 'linked'): string[] {
  const { offers } = readProvided(config, () => {})
  const own = abilitiesOf(facts)
  const ids = { profile: own.profiles, sandbox: own.sandboxes, identity: own.identities }
  const newcomer = { source, name: facts.name }
  return offers
    .filter(({ kind, id, plugin }) => plugin !== facts.name && ids[kind].includes(id))
    .map(({ kind, id, ...other }) =>
      comparePrecedence(newcomer, { source: other.source, name: other.plugin }) < 0
        ? `its ${kind} '${id}' takes the place of that of ${other.plugin}`
        : `its ${kind} '${id}' is hidden by that of ${other.plugin}`,
    )
}

const spaced = (id: string) => id.replaceAll(':', ' ')
