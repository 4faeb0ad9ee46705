/** What a server answered. */
export interface Answer {
  status: number
  headers: Headers
  /** The body as JSON; undefined if it is none. */
  json: Record<string, unknown> | undefined
}

/** More than any answer of a node has; the rest isn't read. */
const LARGEST_BYTES = 256 * 1024

/** Sends JSON, or an empty body, and reads the answer. Follows no redirect, reads no more than an answer can have. Throws an `Error` in plain words. */
export async function sendJson(
  method: 'POST' | 'DELETE',
  url: string,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const { host } = new URL(url)
  let response: Response
  try {
    response = await fetch(url, {
      ...{ method, signal, redirect: 'manual' },
      ...(body === '' ? {} : { body }),
      headers: { 'Content-Type': 'application/json', ...headers },
    })
  } catch (error) {
    if (signal.aborted) throw new Error(`${host} did not answer in time`)
    throw new Error(`${host} can't be reached (${reasonOf(error)})`)
  }
  if (response.status >= 300 && response.status < 400) throw new Error(`${host} answers with a redirect`)
  return { status: response.status, headers: response.headers, json: parse(await readSome(response, host)) }
}

async function readSome(response: Response, host: string): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += part.length
      if (size > LARGEST_BYTES) throw new Error('too long')
      parts.push(part)
    }
  } catch {
    throw new Error(`${host} gives no proper answer`)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string }
  return cause?.code ?? cause?.message ?? message
}
