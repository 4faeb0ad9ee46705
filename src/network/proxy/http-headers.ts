/** Headers that hold for one hop, RFC 9110 section 7.6.1, and those that the proxy sets itself. */
const ONE_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'host', 'expect'],
])

/**
 * The headers of a message that go on to the next hop, as a flat list. A `Connection` header can name more to drop,
 * but never the length: the next hop would see the body's bytes as another message.
 */
export function forwardedHeaders(raw: readonly string[]): string[] {
  const named = pairs(raw)
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((token) => token.trim().toLowerCase()))
    .filter((token) => token !== 'content-length')
  const dropped = new Set([...ONE_HOP, ...named])
  return pairs(raw)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .flat()
}

/** All values of a header, in order. */
export function headerValues(raw: readonly string[], wanted: string): string[] {
  return pairs(raw)
    .filter(([name]) => name.toLowerCase() === wanted)
    .map(([, value]) => value)
}

function pairs(raw: readonly string[]): [name: string, value: string][] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as [string, string]] : [],
  )
}
