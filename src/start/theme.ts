import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Config } from '@oclif/core/config'

interface Themed {
  configDir: string
  loadTheme(): Promise<unknown>
}

/** oclif opens the user's `theme.json` to see that there is none: with what it loads for that, 3 ms. A look is enough. */
export function loadThemeIfAny(): void {
  const prototype = Config.prototype as unknown as Themed
  const load = prototype.loadTheme
  prototype.loadTheme = async function () {
    return existsSync(join(this.configDir, 'theme.json')) ? load.call(this) : undefined
  }
}
