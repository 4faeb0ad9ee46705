import type { Home } from '../../settings/home.ts'
import { EscapeFilter } from '../../terminal/escape-filter.ts'
import { captureScreen } from '../../tmux/session.ts'
import { waitForEnd } from '../end/alive.ts'
import type { AgentRecord } from '../state/record.ts'
import { followLog } from './follow.ts'
import type { LogView } from './log-text.ts'
import { readTail } from './tail.ts'

/** Takes a piece of an agent's log. The piece is valid until the returned promise resolves. */
export type LogSink = (name: string, text: Buffer) => void | Promise<void>

/** Gives the last lines of each agent's log, one agent after the other. */
export async function showLogs(
  agents: readonly AgentRecord[],
  view: LogView,
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  for (const agent of agents) {
    for await (const text of readTail(agent.logFile, view)) {
      if (signal.aborted) return
      await sink(agent.name, text)
    }
  }
}

/** The same, then what is added, all agents at once, until each has ended. An abort ends it quietly. */
export async function followLogs(
  home: Home,
  agents: readonly AgentRecord[],
  view: LogView & { showUnfinished: boolean },
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    agents.map(async (agent) => {
      const ended = waitForEnd(agent, home, signal)
      for await (const text of followLog(agent.logFile, { ...view, ended, signal })) {
        await sink(agent.name, text)
      }
    }),
  )
}

/** The last lines of each agent's log as values. */
export async function readLogs(
  agents: readonly AgentRecord[],
  view: LogView,
): Promise<{ name: string; lines: string[] }[]> {
  const signal = new AbortController().signal
  return Promise.all(
    agents.map(async (agent) => {
      const parts: Buffer[] = []
      await showLogs([agent], view, (_name, text) => void parts.push(Buffer.from(text)), signal)
      return { name: agent.name, lines: toLines(Buffer.concat(parts).toString('utf8')) }
    }),
  )
}

/** What each agent's terminal shows now, without the empty lines at the end. */
export async function readScreens(
  agents: readonly AgentRecord[],
): Promise<{ name: string; lines: string[] }[]> {
  return Promise.all(
    agents.map(async (agent) => {
      const filter = new EscapeFilter()
      const screen = Buffer.concat([filter.push(Buffer.from(await captureScreen(agent))), filter.end()])
      return { name: agent.name, lines: toLines(screen.toString('utf8').trimEnd()) }
    }),
  )
}

function toLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
