import { domainToASCII } from 'node:url'
import type { AllowedHost } from '@agentvm/sdk'
import { UserError } from '../errors.ts'
import { HOST_LOOPBACK, looksLikeAddress, parseHostName } from './host-name.ts'

/** Port of a rule that names none: what every tool here needs is HTTPS. */
const DEFAULT_PORT = 443

const SYNTAX = 'HOST, HOST:PORT or *.HOST, with =private behind it for a host with a private address'

/** A rule from a user's text: `HOST[:PORT][=private]`, `*.HOST…`. Throws a {@link UserError} that says what is wrong with it. */
export function parseRule(text: string): AllowedHost {
  const match = /^(\*\.)?([^:=*\s]+?)(?::(\d{1,5}))?(=private)?$/.exec(text)
  if (!match) throw badRule(text, 'is not a host')
  const [, wildcard = '', name = '', digits, isPrivate] = match
  const host = parseHostName(toAscii(name))
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  if (host === undefined) {
    throw badRule(text, looksLikeAddress(name) ? 'is an address: only names can be opened' : 'is not a host')
  }
  if (host === 'localhost' || host.endsWith('.localhost')) {
    throw new UserError(`'${text}': inside, localhost is the agent's own loopback`, {
      fix: `for a server on this machine: ${HOST_LOOPBACK}:${digits ?? 'PORT'}`,
      exitCode: 2,
    })
  }
  if (port < 1 || port > 65_535) throw badRule(text, 'has no port between 1 and 65535')
  if (wildcard !== '' && !host.includes('.') && !isPrivate) {
    throw badRule(text, 'would open a whole top-level domain')
  }
  const needsPrivate = isPrivate !== undefined || host === HOST_LOOPBACK
  return { host: wildcard + host, port, ...(needsPrivate ? { private: true } : {}) }
}

/** Whether a text can be one of `--allow`: a rule, or by its form a preset. */
export function isAllowText(text: string): boolean {
  if (text.startsWith('@')) return /^@[a-z]+$/.test(text)
  try {
    parseRule(text)
    return true
  } catch {
    return false
  }
}

/** The text of a rule, as {@link parseRule} takes it. */
export function formatRule({ host, port, private: isPrivate }: AllowedHost): string {
  const marked = isPrivate && host !== HOST_LOOPBACK
  return `${host}${port === DEFAULT_PORT ? '' : `:${port}`}${marked ? '=private' : ''}`
}

/** Whether two rules open the same host and port. */
export function sameTarget(a: AllowedHost, b: AllowedHost): boolean {
  return a.host === b.host && a.port === b.port
}

/** The rule that opens a host and port, an exact one before a wildcard; undefined if none does. */
export function findRule<Rule extends AllowedHost>(
  rules: readonly Rule[],
  host: string,
  port: number,
): Rule | undefined {
  const forPort = rules.filter((rule) => rule.port === port)
  return (
    forPort.find((rule) => rule.host === host) ??
    // A star over somebody's own `.internal` doesn't mean this machine.
    (host === HOST_LOOPBACK
      ? undefined
      : forPort.find((rule) => rule.host.startsWith('*.') && host.endsWith(rule.host.slice(1))))
  )
}

function toAscii(name: string): string {
  return /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name)
}

function badRule(text: string, problem: string): UserError {
  return new UserError(`'${text}' ${problem}`, { fix: `use ${SYNTAX}`, exitCode: 2 })
}
