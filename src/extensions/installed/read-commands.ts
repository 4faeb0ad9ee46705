import { join } from 'node:path'
import type { Interfaces } from '@oclif/core'
import { visibleText } from '../../terminal/visible.ts'
import { isObject, readJsonObject } from './read-json.ts'

/** The commands that a plugin brings. */
export interface PluginCommands {
  manifest: Interfaces.Manifest
  /** Why some, or all, of its commands don't count. */
  problems: string[]
}

const BYTES = 8 * 1024 ** 2
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/
const ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/

/**
 * What `oclif.manifest.json` says of a plugin's commands. Where there is none oclif would load every command's module at
 * every command; here they don't count then.
 */
export function readCommands(root: string, version: string, declared: unknown): PluginCommands {
  const none = { version, commands: {} }
  if (declared === undefined) return { manifest: none, problems: [] }
  let raw: Record<string, unknown> | undefined
  try {
    raw = readJsonObject(join(root, 'oclif.manifest.json'), BYTES)
  } catch (error) {
    return { manifest: none, problems: [`oclif.manifest.json ${(error as Error).message}`] }
  }
  if (!raw) {
    const problem = "its commands don't count without oclif.manifest.json, which 'npx oclif manifest' makes"
    return { manifest: none, problems: [problem] }
  }
  if (raw.version !== version) {
    const problem = `oclif.manifest.json is that of version ${String(raw.version)}, so its commands don't count`
    return { manifest: none, problems: [visibleText(problem)] }
  }
  return usable(version, isObject(raw.commands) ? raw.commands : {})
}

function usable(version: string, raw: Record<string, unknown>): PluginCommands {
  const good = Object.entries(raw).filter(([id, command]) => isCommand(id, command))
  const bad = Object.keys(raw).filter((id) => !good.some(([known]) => known === id))
  return {
    manifest: {
      version,
      commands: Object.fromEntries(good.map(([id, one]) => [id, harmless(one, id)])) as never,
    },
    problems: bad.map(
      (id) => `oclif.manifest.json: the command ${visibleText(JSON.stringify(id))} is malformed`,
    ),
  }
}

function isCommand(id: string, command: unknown): boolean {
  if (!isObject(command) || command.id !== id || !ID.test(id)) return false
  const { aliases = [], hiddenAliases = [], flags = {}, args = {}, relativePath } = command
  return (
    [aliases, hiddenAliases].every(
      (list) => Array.isArray(list) && list.every((one) => ID.test(String(one))),
    ) &&
    [flags, args].every((parts) => isObject(parts) && Object.entries(parts).every(isPart)) &&
    Array.isArray(relativePath) &&
    relativePath.every((part) => typeof part === 'string' && part !== '..')
  )
}

/** Whether this describes a flag or an argument. Their names end up in shell scripts. */
function isPart([key, part]: [string, unknown]): boolean {
  if (!isObject(part) || part.name !== key || !WORD.test(key)) return false
  const { char, aliases = [], options = [] } = part
  return (
    (char === undefined || /^[A-Za-z0-9]$/.test(String(char))) &&
    [aliases, options].every(Array.isArray) &&
    (aliases as unknown[]).every((one) => WORD.test(String(one)))
  )
}

/**
 * The same with every text fit for a terminal, and with no code in it: help would run what stands between `<%` and `%>`,
 * but for the two names that descriptions are known to use.
 */
function harmless(value: unknown, id: string): unknown {
  if (typeof value === 'string') return harmlessText(value, id)
  if (Array.isArray(value)) return value.map((each) => harmless(each, id))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, harmless(each, id)]))
}

function harmlessText(text: string, id: string): string {
  const known = text
    .replaceAll(/<%[=-]\s*config\.bin\s*%>/g, 'agentvm')
    .replaceAll(/<%[=-]\s*command\.id\s*%>/g, id.replaceAll(':', ' '))
  return visibleText(known).replaceAll('<%', '< %').replaceAll('%>', '% >')
}
