import { homedir } from 'node:os'
import type { Config } from '@oclif/core'
import { Extensions } from '../extensions/extensions.ts'
import { OwnProfiles } from '../extensions/own-profiles/own-profiles.ts'
import { readSettings, type Settings } from '../settings/config-file.ts'
import { readEnvFile } from '../settings/env-file.ts'
import type { Home } from '../settings/home.ts'
import * as standardError from '../terminal/standard-error.ts'
import { AgentStore } from './state/store.ts'

/** What the domain's functions need of the world. Built once a command. */
export interface Context {
  home: Home
  store: AgentStore
  extensions: Extensions
  settings: Settings
  /** `$AGENTVM_HOME/env`. */
  envFile: () => Record<string, string>
  /** The folder that agentvm is installed in. */
  root: string
  /** The environment that agentvm was called with. */
  caller: NodeJS.ProcessEnv
  /** Says on standard error what is not as it should be. */
  warn: (message: string) => void
  /** Says on standard error what the user should know, and isn't the result. */
  note: (message: string) => void
  /** Shows how far a long work is, in place of what it showed before; an empty text takes it away. Silent off a terminal. */
  progress: (text: string) => void
}

/** The context of a real command. */
export function createContext(
  home: Home,
  config: Config,
  says: Partial<Pick<Context, 'progress' | 'warn' | 'note'>> = {},
): Context {
  const { progress = () => {}, warn = standardError.warn, note = standardError.note } = says
  return {
    home,
    root: config.root,
    store: new AgentStore(home),
    extensions: new Extensions(config, warn, new OwnProfiles(home.profiles, process.env.HOME ?? homedir())),
    settings: readSettings(home, process.env),
    envFile: () => readEnvFile(home.envFile),
    caller: process.env,
    warn,
    progress,
    note,
  }
}
