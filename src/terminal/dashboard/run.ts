import type { Context } from '../../agents/context.ts'
import { AgentMonitor } from '../../agents/watch/monitor.ts'
import { UserError } from '../../errors.ts'
import { makePrivateDir } from '../../system/files.ts'
import { dashboardActions } from './actions.ts'
import { JobControl } from './job-control.ts'
import { DashboardSession } from './session.ts'

/** Lines of each log that are kept: among the last of a full-screen program's log few say anything. */
const LINES = 20

/**
 * Shows the dashboard until the user leaves it. Returns the exit code. However it ends, also by a signal or an
 * exception, the terminal is as it was: Ink sees to that.
 */
export async function runDashboard(
  makeContext: (say: (message: string) => void) => Context,
  options: { intervalMs: number },
): Promise<number> {
  if (!process.stdin.isTTY) {
    throw new UserError('watch needs a keyboard: standard input is not a terminal', {
      fix: 'agentvm watch | cat, for snapshots without keys',
    })
  }
  const { render, createElement, DashboardScreen } = await loadInk()
  const context = makeContext((message) => session.say(message))
  makePrivateDir(context.home.state)
  const jobs = new JobControl()
  const session = new DashboardSession(
    new AgentMonitor(context, { lines: LINES }),
    { ...dashboardActions(context), stop: jobs.stop },
    { ...options, stateFolder: context.home.state },
  )
  const app = render(createElement(DashboardScreen, { session }), {
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    // Ink takes every process with CI in its environment for one without a terminal.
    interactive: true,
    patchConsole: false,
  })
  jobs.start({
    onStop: () => void session.whileAway(jobs.stop),
    // The shell, or who stopped it without asking, has changed the terminal.
    onContinue: () => void session.whileAway(async () => {}),
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (signal: NodeJS.Signals) => session.interrupt(signal)
  for (const signal of signals) process.on(signal, onSignal)
  try {
    const code = Number(await app.waitUntilExit())
    await session.finish((what) => process.stderr.write(`${what}\n`))
    return code
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
    jobs.end()
  }
}

/** Loads what only the dashboard needs: it takes longer than most commands as a whole. React decides by NODE_ENV whether it checks itself at every step. */
async function loadInk() {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    const [{ render }, { createElement }, { DashboardScreen }] = await Promise.all([
      import('ink'),
      import('react'),
      import('./view.ts'),
    ])
    return { render, createElement, DashboardScreen }
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}
