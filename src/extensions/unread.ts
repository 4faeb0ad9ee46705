import type { Config } from '@oclif/core'
import { allowedPlugins } from './installed/allowed.ts'
import type { PluginEntry } from './installed/entries.ts'
import { surveyPlugins } from './installed/survey.ts'

/** What is wrong with one plugin. */
export interface PluginProblem {
  plugin: string
  problem: string
  /** The command that mends it, if it isn't to take that plugin off. */
  fix?: string
}

/** Plugins that the user has installed or linked and that can't be used, with the reason. Empty if their list can't be read. */
export function brokenPlugins(config: Config): { entry: PluginEntry; problem: string }[] {
  try {
    return surveyPlugins(config.dataDir, allowedPlugins).flatMap(({ entry, problem }) =>
      problem === undefined ? [] : [{ entry, problem }],
    )
  } catch {
    return []
  }
}

/** Everything that is wrong with the files of the user's plugins, also what costs them only a part. */
export function unreadPlugins(config: Config): PluginProblem[] {
  try {
    return surveyPlugins(config.dataDir, allowedPlugins).flatMap(({ entry, facts, problem }) =>
      (facts?.problems ?? [problem ?? '']).map((what) => ({ plugin: entry.name, problem: what })),
    )
  } catch (error) {
    return [{ plugin: 'list', problem: (error as Error).message, fix: 'agentvm plugins reset' }]
  }
}
