import type { Command } from '@oclif/core'

/**
 * What help and completion say of a built-in plugin's command: its arguments, flags, examples. The build puts a module with that
 * in the place of this one; commands that have an alias are whole without it.
 */
export function commandDetails(_plugin: string, _id: string): Partial<Command.Cached> {
  return {}
}
