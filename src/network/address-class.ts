import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * What an address may be dialled for.
 *
 * - `public`: by every rule.
 * - `private`: only by a rule that says so: private networks, shared and reserved ranges.
 * - `local`: only by a rule that says so for one exact name: this machine's loopback, the link, a cloud's metadata.
 * - `never`: it names no single machine: multicast, broadcast, unspecified.
 */
export type AddressClass = 'public' | 'private' | 'local' | 'never'

type Range = [net: string, prefix: number]

const NEVER_V4 = ranges('ipv4', [
  ['0.0.0.0', 8],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])
/** Loopback, link-local with the metadata of most clouds, and that of one which has another. */
const LOCAL_V4 = ranges('ipv4', [
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
])
const PRIVATE_V4 = ranges('ipv4', [
  ...([
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
  ] as Range[]),
  ...([
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ] as Range[]),
  ...([
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
  ] as Range[]),
])
const NEVER_V6 = ranges('ipv6', [
  ['::', 128],
  ['ff00::', 8],
])
const LOCAL_V6 = ranges('ipv6', [
  ['::1', 128],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
])
/** Global unicast. Everything else of IPv6 is local or reserved. */
const GLOBAL_V6 = ranges('ipv6', [['2000::', 3]])
/** Teredo and other protocol assignments, documentation, 6to4: the last leads to an IPv4 address within. */
const PRIVATE_V6 = ranges('ipv6', [
  ...([
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
  ] as Range[]),
])

/** Says what an address, as the resolver gave it, may be dialled for. */
export function classifyAddress(address: string): AddressClass {
  if (isIPv4(address)) return classifyV4(address)
  if (!isIPv6(address) || address.includes('%')) return 'never'
  const within = embeddedV4(address)
  if (within !== undefined) return classifyV4(within)
  if (NEVER_V6.check(address, 'ipv6')) return 'never'
  if (LOCAL_V6.check(address, 'ipv6')) return 'local'
  return GLOBAL_V6.check(address, 'ipv6') && !PRIVATE_V6.check(address, 'ipv6') ? 'public' : 'private'
}

function classifyV4(address: string): AddressClass {
  if (NEVER_V4.check(address)) return 'never'
  if (LOCAL_V4.check(address)) return 'local'
  return PRIVATE_V4.check(address) ? 'private' : 'public'
}

/** The IPv4 address that an IPv6 one stands for: mapped (`::ffff:0:0/96`) or translated (NAT64, `64:ff9b::/96`). */
function embeddedV4(address: string): string | undefined {
  const groups = expand(address)
  const head = groups.slice(0, 6).join(':')
  if (head !== '0:0:0:0:0:65535' && head !== `${0x64}:${0xff9b}:0:0:0:0`) return undefined
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

/** The eight groups of a valid IPv6 address as numbers. */
function expand(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [left = '', right] = hex.split('::')
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [start, end] = [numbers(left), numbers(right ?? '')]
  return [...start, ...new Array<number>(8 - start.length - end.length).fill(0), ...end]
}

function ranges(family: 'ipv4' | 'ipv6', list: readonly Range[]): BlockList {
  const block = new BlockList()
  for (const [net, prefix] of list) block.addSubnet(net, prefix, family)
  return block
}
