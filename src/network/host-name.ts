/** The name under which agents find the host's own loopback. `localhost` is the agent's own, inside its sandbox. */
export const HOST_LOOPBACK = 'host.agentvm.internal'

/** Bytes of the longest name that DNS takes. */
const LONGEST_NAME = 253
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/
/** What every program that takes numbers for addresses would take for one: digits, or hexadecimal digits after `0x`. */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/

/**
 * A DNS name in lower case from what a client sent, or undefined if it isn't one: an address in any notation, an empty
 * label, a dot at the end, any byte that isn't a letter, digit, dash or underscore. A name in another script must come
 * in its `xn--` form.
 */
export function parseHostName(text: string): string | undefined {
  // Before toLowerCase, which turns the Kelvin sign into a k.
  if (text.length > LONGEST_NAME || !/^[A-Za-z0-9._-]+$/.test(text)) return undefined
  const name = text.toLowerCase()
  const labels = name.split('.')
  if (!labels.every((label) => LABEL.test(label)) || NUMBER.test(labels.at(-1) ?? '')) return undefined
  return name
}

/** Whether a text that isn't a DNS name was meant for an address: it deserves another word than a mistyped name. */
export function looksLikeAddress(text: string): boolean {
  if (/^\[|::|^[0-9a-fA-F]*:[0-9a-fA-F:.]*$/.test(text)) return true
  return NUMBER.test(text.toLowerCase().replace(/\.$/, '').split('.').at(-1) ?? '')
}
