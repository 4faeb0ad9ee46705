import type { ChildProcess } from 'node:child_process'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const children = new Set<ChildProcess>()

/** Ends a child when this process ends: by itself, or by a signal that nobody here handles. Returns how to let go of it. */
export function endingWithUs(child: ChildProcess): () => void {
  if (children.size === 0) watch()
  children.add(child)
  return () => {
    children.delete(child)
    if (children.size === 0) unwatch()
  }
}

function watch(): void {
  process.on('exit', endAll)
  for (const signal of SIGNALS) process.on(signal, onSignal)
}

function unwatch(): void {
  process.off('exit', endAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}

function endAll(): void {
  for (const child of children) child.kill('SIGTERM')
}

function onSignal(signal: NodeJS.Signals): void {
  // Whoever else listens decides what becomes of this process.
  if (process.listenerCount(signal) > 1) return
  endAll()
  unwatch()
  process.kill(process.pid, signal)
}
