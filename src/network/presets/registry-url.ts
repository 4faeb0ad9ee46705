import type { AllowedHost } from '@agentvm/sdk'
import { parseHostName } from '../host-name.ts'

/** Host and port of a registry's address as a configuration gives it; undefined if it isn't an http(s) URL with a host name. Names and passwords in it are dropped. */
export function registryHost(text: string): AllowedHost | undefined {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  const host = parseHostName(url.hostname)
  const byScheme = { 'https:': 443, 'http:': 80 }[url.protocol]
  if (host === undefined || byScheme === undefined) return undefined
  return { host, port: url.port === '' ? byScheme : Number(url.port) }
}
