import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { HeadlessEvents } from '@agentvm/sdk'
import type { RotatingWriter } from '../log/rotating-writer.ts'
import { EventLines, type ReadLine } from './event-lines.ts'
import type { PipedChild } from './launch-piped.ts'
import type { ReportedEvent, RunReport } from './run-report.ts'

/** Where a run's streams go. */
export interface RunStreams {
  /** Null if the command gets no input. Ignored if the prompt goes to standard input. */
  stdin: Readable | null
  stdout: Writable
  stderr: Writable
  /** Gets the run's events instead of what it prints on its standard output. */
  events?: RunEventSink
}

/** Takes what a run reports. */
export interface RunEventSink {
  take(event: ReportedEvent): Promise<void>
  /** Also of commands without structured output: every line is an event then. */
  always: boolean
}

/** What turns a run's standard output into events. */
export interface Reporting {
  report: RunReport
  sink: RunEventSink
  /** Undefined if its lines are no events. */
  read: HeadlessEvents['read'] | undefined
}

/** Passes a run's streams on as they come until they end, and keeps a copy in the log. */
export async function passStreams(
  child: PipedChild,
  log: RotatingWriter,
  streams: RunStreams,
  { stdinPrompt, reporting }: { stdinPrompt: string | undefined; reporting: Reporting | undefined },
): Promise<void> {
  if (child.stdin) {
    child.stdin.on('error', () => {})
    if (stdinPrompt === undefined) streams.stdin?.pipe(child.stdin)
    else child.stdin.end(stdinPrompt)
  }
  const copy = async (from: Readable, to: Writable) => {
    for await (const chunk of from) {
      log.write(chunk)
      if (to.writable && !to.write(chunk)) await roomIn(to)
    }
  }
  await Promise.all([
    reporting ? reportLines(child.stdout, log, reporting) : copy(child.stdout, streams.stdout),
    copy(child.stderr, streams.stderr),
  ])
  streams.stdin?.unpipe()
  child.stdin?.destroy()
  streams.stdin?.pause()
  log.close()
}

async function reportLines(from: Readable, log: RotatingWriter, { report, sink, read }: Reporting) {
  const lines = new EventLines(read)
  const take = async (batch: ReadLine[]) => {
    for (const event of batch.flatMap((line) => report.line(line))) await sink.take(event)
  }
  for await (const chunk of from) {
    log.write(chunk)
    await take(lines.push(chunk))
  }
  await take(lines.end())
}

/** Waits until a stream takes more, or never will. */
async function roomIn(stream: Writable): Promise<void> {
  await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => {})
}
