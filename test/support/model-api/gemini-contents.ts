import { type Answer, type Asked, type JsonSchema, type Protocol, pieces, textOf, USAGE } from './protocol.ts'

interface Body {
  tools?: { functionDeclarations?: { name: string }[] }[]
  generationConfig?: { responseJsonSchema?: JsonSchema; responseSchema?: JsonSchema }
  contents: { role?: string; parts: Part[] }[]
}

interface Part {
  text?: string
  functionCall?: unknown
  functionResponse?: { response: unknown }
}

/** Google's generateContent and streamGenerateContent. */
export const geminiContents: Protocol = {
  path: /\/models\/[^/]+:(?:g|streamG)enerateContent$/,
  read(body, path) {
    const { tools = [], contents, generationConfig: config } = body as Body
    return {
      model: /models\/([^/:]+):/.exec(path)?.[1] ?? '',
      stream: path.endsWith(':streamGenerateContent'),
      schema: config?.responseJsonSchema ?? config?.responseSchema,
      body,
      tools: tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name)),
      said: contents.flatMap(saidIn),
    }
  },
  whole: (reply, asked) => chunk(asked, parts(reply), true),
  events(reply, asked) {
    const all = parts(reply).flatMap((part) =>
      part.text === undefined ? [part] : pieces(part.text).map((text): Part => ({ text })),
    )
    return all.map((part, index) => ({ data: chunk(asked, [part], index === all.length - 1) }))
  },
  failure: (status, message) => ({ error: { code: status, message, status: statusName(status) } }),
}

function saidIn({ role, parts }: Body['contents'][number]): Asked['said'] {
  return parts.flatMap((part): Asked['said'] => {
    if (part.functionResponse) return [{ role: 'tool', text: textOf(part.functionResponse.response) }]
    return part.text === undefined ? [] : [{ role: role === 'model' ? 'model' : 'user', text: part.text }]
  })
}

function parts({ say, call }: Answer): Part[] {
  return [
    ...(say === undefined ? [] : [{ text: say }]),
    ...(call ? [{ functionCall: { name: call.tool, args: call.input } }] : []),
  ]
}

function chunk({ model }: Asked, content: Part[], isLast: boolean) {
  const { input, output } = USAGE
  return {
    candidates: [
      { index: 0, content: { role: 'model', parts: content }, ...(isLast ? { finishReason: 'STOP' } : {}) },
    ],
    usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
    modelVersion: model,
  }
}

function statusName(status: number): string {
  const names: Record<number, string> = {
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    429: 'RESOURCE_EXHAUSTED',
  }
  return names[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE')
}
