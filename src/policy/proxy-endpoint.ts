import type { ProxyEndpoint } from '@agentvm/sdk'

/** Where agents find the folder of their sockets: to the proxy, and to the signer of their commits. */
export const PROXY_FOLDER = '/run/agentvm/proxy'

/** How agents reach the proxy. The port is one that no program takes by default. */
export const PROXY: ProxyEndpoint = { socket: `${PROXY_FOLDER}/s`, port: 47_128 }

const URL = `http://127.0.0.1:${PROXY.port}`
/** What the agent itself serves is reached without the proxy. */
const OWN = 'localhost,127.0.0.1,::1'

/**
 * The variables by which programs find the proxy. They are a convenience: without them there is no network at all.
 * ALL_PROXY names HTTP as well: Python's clients fail on `socks5h` where their SOCKS package isn't installed.
 */
export function proxyEnvironment(): Record<string, string> {
  const variables = { HTTP_PROXY: URL, HTTPS_PROXY: URL, ALL_PROXY: URL, NO_PROXY: OWN }
  return {
    ...variables,
    // curl heeds http_proxy in small letters only.
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value])),
    // Node's fetch asks for leave; from Node 24.5, and 22.21 on.
    NODE_USE_ENV_PROXY: '1',
  }
}
