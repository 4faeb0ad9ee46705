import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Config } from '@oclif/core/config'

/** Where the user's plugins lie: with the rest, in `$AGENTVM_HOME`. */
export function pluginFolder(): string {
  const { AGENTVM_HOME: home, HOME = homedir() } = process.env
  return join(home ? resolve(home) : join(HOME, '.agentvm'), 'plugins')
}

/**
 * oclif would keep plugins in ~/.local/share/agentvm, where the checkout itself may lie. By a variable (AGENTVM_DATA_DIR)
 * one could say so, too, but every program that we start would inherit it.
 */
export function keepPluginsInHome(): void {
  const prototype = Config.prototype as unknown as { dir(kind: string): string }
  const folderOf = prototype.dir
  prototype.dir = function (kind) {
    return kind === 'data' ? pluginFolder() : folderOf.call(this, kind)
  }
}
