import type { EventSource } from '@agentvm/sdk'
import { type AgentEvents, readEvents, readSession } from '../../activity/events.ts'
import { fileVersion } from '../../system/files.ts'
import type { Context } from '../context.ts'
import { endOfFile, newestFile } from '../home/find-beneath.ts'
import type { AgentRecord } from '../state/record.ts'

/** As much of the end of a file of events as is read. */
const READ_BYTES = 128 * 1024

type Agent = Pick<AgentRecord, 'id' | 'home' | 'profile' | 'command'>

/** What an agent's own events say, of this start or one before. Nothing where its profile knows none, or it has none. */
export async function ownEvents(context: Context, record: Agent): Promise<AgentEvents> {
  const source = await eventSource(context, record)
  const path = source && newestFile(record.home, source.file)
  if (!source || path === undefined) return {}
  const version = `${path} ${fileVersion(`${record.home}/${path}`)}`
  const before = known.get(record.id)
  if (before?.version === version) return before.events
  const end = endOfFile(record.home, path, READ_BYTES)
  const events = end ? readEvents(end.text, end.writtenAt, source) : {}
  known.set(record.id, { version, events })
  return events
}

/** What was read last, by agent: while nothing is written, it stays. */
const known = new Map<string, { version: string; events: AgentEvents }>()

/** The id of an agent's conversation, as its CLI takes it to resume; undefined if it says none. */
export async function conversationOf(context: Context, record: Agent): Promise<string | undefined> {
  const source = await eventSource(context, record)
  const path = source?.session && newestFile(record.home, source.session.file ?? source.file)
  const end = path === undefined ? undefined : endOfFile(record.home, path, READ_BYTES)
  return source && end && readSession(end.text, source)
}

/** A profile that can't be loaded has been reported by who asked for its rules. */
async function eventSource(
  { extensions }: Context,
  { profile, command }: Agent,
): Promise<EventSource | undefined> {
  if (profile === undefined || command !== undefined) return undefined
  return extensions.profile(profile).then(
    ({ events }) => events,
    () => undefined,
  )
}
