import { attachAgent } from '../../agents/attach/attach.ts'
import type { Context } from '../../agents/context.ts'
import { sendToAgent } from '../../agents/delivery/send.ts'
import { diffAgent } from '../../agents/diff/diff-agent.ts'
import { throwIfSingle } from '../../agents/each.ts'
import { killAgent } from '../../agents/end/kill.ts'
import { readLogs } from '../../agents/log/logs.ts'
import { restartAgents } from '../../agents/restart/restart.ts'
import { UserError } from '../../errors.ts'
import { printDiff } from '../diff-printer.ts'
import { withPager } from '../pager.ts'

/** Lines of a log that the pager shows. */
const LOG_LINES = 20_000

/** What the keys do. Each throws what the domain throws. */
export interface DashboardActions {
  attach: (name: string) => Promise<void>
  logs: (name: string) => Promise<void>
  diff: (name: string) => Promise<void>
  kill: (name: string) => Promise<void>
  restart: (name: string) => Promise<void>
  message: (name: string, text: string) => Promise<void>
}

/** The actions of the real dashboard. */
export function dashboardActions(context: Context): DashboardActions {
  return {
    attach: async (name) => {
      await attachAgent(context, name, { readOnly: false })
    },
    logs: async (name) => {
      const [log] = await readLogs([context.store.get(name)], { lines: LOG_LINES, raw: false })
      const text = (log?.lines ?? []).map((line) => `${line}\n`).join('')
      await withPager((output) => output.write(text), pagerEnv('R +G'))
    },
    diff: async (name) => {
      process.stderr.write(`looking for what agent '${name}' has changed …\n`)
      const form = { stat: false, raw: false, isTTY: true, width: process.stdout.columns }
      const { files, since } = await diffAgent(context, name, { ignored: false }, (report, patch) =>
        report.files.length === 0
          ? Promise.resolve()
          : withPager((output) => printDiff(report, patch, output, form), pagerEnv('R')),
      )
      if (files.length === 0) throw new UserError(`agent '${name}' has changed no file since ${since}`)
    },
    kill: async (name) => {
      await killAgent(context, name, { signal: 'SIGTERM', graceMs: context.settings.killGrace * 1000 })
    },
    restart: async (name) => {
      throwIfSingle(await restartAgents(context, [name], { fresh: false, replay: false }))
    },
    message: async (name, text) => {
      await sendToAgent(context, name, Buffer.from(text), { enter: true })
    },
  }
}

/** The environment for a pager that stays until it is left, also on a short text. */
function pagerEnv(less: string): NodeJS.ProcessEnv {
  const { PAGER, LESS = less, ...env } = process.env
  return { ...env, LESS, ...(PAGER && PAGER !== 'cat' ? { PAGER } : {}) }
}
