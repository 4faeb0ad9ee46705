import { type ConfigEntry, keyOf } from './git-config.ts'

/** `scheme://user:password@host`: all before the host, as far as it can be told in a text that may hold anything. A password may hold an `@`. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#"']+)@/gi

/** Names of settings that are secrets in themselves. */
const SECRET_NAME = /^(?:extraheader|smtppass|.*(?:password|passwd|token|secret)|api-?key)$/

/** What is left of a configuration without its credentials, and the keys that were changed or removed, in words. */
export interface WithoutCredentials {
  entries: ConfigEntry[]
  /** Such as `http.extraheader` or `remote.origin.url (user and password)`; without secrets. */
  removed: string[]
}

/** Takes the credentials out of a repository's configuration: in addresses, in headers, and the `credential` sections. */
export function withoutCredentials(entries: readonly ConfigEntry[]): WithoutCredentials {
  const removed: string[] = []
  const kept = entries.flatMap((entry) => {
    const isSecret =
      entry.section === 'credential' ||
      SECRET_NAME.test(entry.name) ||
      (entry.subsection !== undefined && stripUserInfo(entry.subsection) !== entry.subsection)
    if (isSecret) {
      removed.push(stripUserInfo(keyOf(entry)))
      return []
    }
    const value = entry.value === undefined ? undefined : stripUserInfo(entry.value)
    if (value !== entry.value) removed.push(`${keyOf(entry)} (user and password)`)
    return [{ ...entry, value }]
  })
  return { entries: kept, removed: [...new Set(removed)] }
}

/** Removes user and password from the addresses in a text. Of SSH only the password: the user is part of the address. */
export function stripUserInfo(text: string): string {
  return text.replaceAll(USER_INFO, (_, scheme: string, userInfo: string) => {
    if (!/^(?:git\+)?ssh(?:\+git)?:/i.test(scheme)) return scheme
    return `${scheme}${userInfo.split(':', 1)[0]}@`
  })
}
