import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '@oclif/core'
import { makePrivateDir, writeFileAtomic } from '../system/files.ts'
import { shellQuote } from '../system/shell-words.ts'
import type { CompletionModel } from './model.ts'
import { bashScript } from './shells/bash.ts'
import { fishScript } from './shells/fish.ts'
import { zshScript } from './shells/zsh.ts'

/** Shells that have a completion script of ours. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number]

const MAKERS = { bash: bashScript, zsh: zshScript, fish: fishScript }
/** Where plugin-autocomplete keeps its own scripts, below the cache folder: ours take their place. */
const FILES = { bash: 'bash/agentvm.bash', zsh: 'zsh/_agentvm', fish: 'fish/agentvm.fish' }
/** zsh calls the file itself as the function `_agentvm`, and from then on what this makes of that name. */
const ZSH_CALL = '_agentvm() { _agentvm_complete "$@" }\n_agentvm "$@"\n'

/**
 * The script for a shell, to be installed wherever the user wants. It prefers the copy in agentvm's cache, if there
 * is one: that is made anew when plugins come or go.
 */
export function completionScript(shell: Shell, model: CompletionModel, config: Config): string {
  const cached = shellQuote(cachedFile(shell, config))
  const prefer = {
    bash: `[[ ! -r ${cached} ]] || . ${cached}\n`,
    zsh: `[[ ! -r ${cached} ]] || AGENTVM_COMPLETION_ONLY=1 . ${cached}\n${ZSH_CALL}`,
    fish: `test -r ${cached}; and source ${cached}\n`,
  }
  return `${MAKERS[shell](model)}\n# Made anew when plugins are installed, where agentvm autocomplete is set up.\n${prefer[shell]}`
}

/** Writes the scripts of all shells into agentvm's cache. */
export function writeCachedScripts(model: CompletionModel, config: Config): void {
  for (const shell of SHELLS) {
    const path = cachedFile(shell, config)
    makePrivateDir(join(path, '..'))
    const call = shell === 'zsh' ? `[[ -n $AGENTVM_COMPLETION_ONLY ]] && return\n${ZSH_CALL}` : ''
    writeFileAtomic(path, MAKERS[shell](model) + call)
  }
}

/** Writes the scripts anew where they had been written before. Returns whether they had. */
export function refreshCachedScripts(model: CompletionModel, config: Config): boolean {
  if (!SHELLS.some((shell) => existsSync(cachedFile(shell, config)))) return false
  writeCachedScripts(model, config)
  return true
}

function cachedFile(shell: Shell, config: Config): string {
  return join(config.cacheDir, 'autocomplete', 'functions', FILES[shell])
}
