import type { PluginUse } from '../agents/plugin-users.ts'
import type { Proposal } from '../extensions/installed/install.ts'
import { sanitizeLine } from './sanitize.ts'

/** What a plugin is, and will be able to do, before it is made active. */
export function proposalText({ change, packages, notes }: Proposal, scripts: boolean): string {
  const { name, version, previous_version: previous, from } = change
  const facts: [string, string][] = [
    ['plugin', `${name} ${version}${previous === null ? '' : `, in the place of ${previous}`}`],
    ['from', sanitizeLine(from)],
    ...brought(change),
    ['hooks', change.hooks.join(', ') || 'none'],
    ['packages', packages === 0 ? 'no other' : `${packages} more, that it needs`],
    ['scripts', scripts ? 'its install scripts have run' : 'no install script was run'],
    ['rights', 'yours: its code runs outside of any sandbox, and can read and change all that you can'],
  ]
  const lines = facts.map(([key, value]) => `${key.padEnd(12)}  ${value}`)
  return [...lines, ...notes.map((note) => `note          ${sanitizeLine(note)}`)].join('\n')
}

/** What a plugin brings, by kind; kinds of which it brings nothing are left out. */
function brought(change: Proposal['change']): [string, string][] {
  const kinds: [string, string[]][] = [
    ['commands', change.commands],
    ['profiles', change.profiles],
    ['sandboxes', change.sandboxes],
    ['identities', change.identities],
  ]
  return kinds.filter(([, ids]) => ids.length > 0).map(([kind, ids]) => [kind, ids.join(', ')])
}

const KIND = { profile: 'profile', sandbox: 'sandbox', identity: 'identity provider' }

/** Which running agents use something of a plugin, one line each; empty if none does. */
export function usesText(uses: readonly PluginUse[], then: 'removed' | 'updated'): string {
  return uses
    .map(({ agent, plugin, kind, id, isElsewhere }) => {
      const restart =
        then === 'updated'
          ? 'a restart takes the new one'
          : isElsewhere
            ? 'a restart takes the other one of that name'
            : "it can't be restarted without"
      return `agent ${agent} runs with the ${KIND[kind]} '${id}' of ${plugin}: it goes on, ${restart}`
    })
    .join('\n')
}
