import { Box, Text, useApp, useInput, usePaste, useWindowSize } from 'ink'
import { createElement, type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { coloursFor } from '../colour.ts'
import { keyNames } from './keys.ts'
import { dashboardLines } from './layout.ts'
import type { DashboardSession } from './session.ts'

/** The dashboard on a terminal: draws what the session shows, and gives it the keys. */
export function DashboardScreen({ session }: { session: DashboardSession }): ReactNode {
  const size = useWindowSize()
  const { exit, suspendTerminal } = useApp()
  const view = useSyncExternalStore(session.subscribe, session.view)
  useEffect(() => session.connect({ exit, suspend: suspendTerminal }), [session, exit, suspendTerminal])
  useInput((input, key) => {
    for (const name of keyNames(input, key)) session.press(name, size)
  })
  usePaste((text) => session.paste(text))
  const lines = dashboardLines(view, size, coloursFor(process.stdout))
  return createElement(
    Box,
    { flexDirection: 'column', height: size.rows, width: size.columns, overflow: 'hidden' },
    lines.map((line, index) =>
      // A line stands where it stands: there is nothing else that it could be told by.
      createElement(Text, { key: index, wrap: 'truncate-end' }, line === '' ? ' ' : line),
    ),
  )
}
