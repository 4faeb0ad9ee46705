/** A host as the client wrote it, not yet checked, and a port. */
export interface Authority {
  host: string
  port: number
}

/** Longest `host:port` that is looked at. */
const LONGEST = 253 + 6

/**
 * Splits `host:port`, or `host` where `defaultPort` is given. Undefined for anything else: user names, paths, spaces,
 * signs, a port that is none. The host is kept as it came: {@link decide} judges it.
 */
export function parseAuthority(text: string, defaultPort?: number): Authority | undefined {
  if (text.length > LONGEST) return undefined
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^\s:@/\\?#[\]]+)(?::([0-9]{1,5}))?$/.exec(text)
  const [, host, digits] = match ?? []
  const port = digits === undefined ? defaultPort : Number(digits)
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined
  return { host, port }
}

/** Splits the target of a plain request, `http://host[:port]/path`, into where it goes and what is asked for there. */
export function parseAbsoluteForm(target: string): (Authority & { path: string }) | undefined {
  const match = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(target)
  const authority = match ? parseAuthority(match[1] ?? '', 80) : undefined
  if (!authority) return undefined
  const path = match?.[2] ?? ''
  return { ...authority, path: path.startsWith('/') ? path : `/${path}` }
}
