/** What the model answers. */
export type Reply =
  | { say: string; call?: ToolCall }
  | { say?: undefined; call: ToolCall }
  /** An HTTP status, such as 401, 429, 500 or 529, and what it says. */
  | { fail: number; message?: string }

/** A tool that the model wants to be used. */
export interface ToolCall {
  tool: string
  /** A text where the tool takes one instead of fields, as Codex's `exec` does. */
  input: Record<string, unknown> | string
}

/** Any reply that isn't a failure. */
export type Answer = Exclude<Reply, { fail: number }>

/** One request to the model, whatever its protocol. */
export interface Asked {
  model: string
  stream: boolean
  /** The tools that it offers. */
  tools: string[]
  /** The conversation's texts in their order: what the user said, tools returned, the model answered. */
  said: { role: 'user' | 'model' | 'tool'; text: string }[]
  /** The JSON schema that the answer is to follow, if it is to. */
  schema?: JsonSchema | undefined
  body: unknown
}

/** As much of a JSON schema as the CLIs use to ask side questions. */
export interface JsonSchema {
  type?: string
  enum?: unknown[]
  properties?: Record<string, JsonSchema>
}

/** How one provider's API reads and writes. */
export interface Protocol {
  /** The paths that it serves. */
  path: RegExp
  read(body: unknown, path: string): Asked
  /** The reply as server-sent events; data that is a string is sent as it is. */
  events(reply: Answer, asked: Asked): { event?: string; data: unknown }[]
  /** The reply as one body. */
  whole(reply: Answer, asked: Asked): unknown
  failure(status: number, message: string): unknown
}

/** What each reply costs, in tokens. */
export const USAGE = { input: 1200, output: 34 }

let count = 0

/** An id that no earlier answer had. */
export function newId(prefix: string): string {
  count++
  return `${prefix}_${process.pid}_${count}`
}

/** A text in pieces, so that a streamed one comes in several. */
export function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,40}/g) ?? []
}

/** A value as text: strings as they are, parts of content by their text, the rest as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join('\n')
  if (typeof value === 'object' && value !== null && 'text' in value) return String(value.text)
  return JSON.stringify(value) ?? ''
}

/** The plainest value that follows a schema. */
export function plainValue(schema: JsonSchema): unknown {
  if (schema.enum) return schema.enum[0]
  switch (schema.type?.toLowerCase()) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {})
      return Object.fromEntries(fields.map(([name, field]) => [name, plainValue(field)]))
    }
    case 'array':
      return []
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 1
    default:
      return 'plain'
  }
}
