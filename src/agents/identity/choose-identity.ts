import { join } from 'node:path'
import type { IdentityMode, IdentityProvider, SandboxBackend } from '@agentvm/sdk'
import { signerEnvironment, socketFolder } from '../../policy/signer-endpoint.ts'
import type { Context } from '../context.ts'
import { INCLUDED_IN_GIT } from './git-settings.ts'
import type { EarlierIdentity } from './identity-state.ts'

/** What a spawn asks of an identity. */
export interface IdentityRequest {
  /** Whether it gets a DID of its own; undefined: as before, else as the config says. */
  gitlawb: boolean | undefined
  /** Where its private key is; undefined: as before, else as the config says. */
  identityMode?: IdentityMode | undefined
  /** Rather not start than with an identity that the network doesn't know. */
  requireGitlawb?: boolean
  tty: boolean
}

/** Who gives an agent its identity, and how. */
export interface ChosenIdentity {
  provider: IdentityProvider
  mode: IdentityMode
  /** Whether the spawn fails where the network doesn't take it. */
  required: boolean
}

/** The identity of an agent, if it gets one: by flag, else as before, else by config (for agents that stay). */
export async function chooseIdentity(
  context: Context,
  { gitlawb, identityMode, requireGitlawb, tty }: IdentityRequest,
  earlier: EarlierIdentity,
): Promise<ChosenIdentity | undefined> {
  const { settings, extensions } = context
  const asked = gitlawb ?? (requireGitlawb || identityMode !== undefined ? true : undefined)
  const wanted = asked ?? earlier.gitlawb ?? (tty && settings.gitlawbDefault)
  if (!wanted) return undefined
  return {
    provider: await extensions.identity(earlier.provider ?? settings.identity),
    mode: identityMode ?? earlier.identityMode ?? settings.identityMode ?? 'socket',
    required: requireGitlawb || earlier.requireGitlawb || settings.requireGitlawb,
  }
}

/** The variables by which git and other programs inside use an identity. The host's folder of sockets is `sockets`. */
export function identityEnvironment(
  { provider, mode }: ChosenIdentity,
  backend: Pick<SandboxBackend, 'capabilities'>,
  sockets: string,
  home: string,
): Record<string, string> {
  return {
    ...provider.env(),
    // On top of a repository's own settings, which would win over those of the home. One variable, without a word such
    // as KEY in its name: agent CLIs that hide secrets from their programs take GIT_CONFIG_KEY_0 for one, and git fails.
    GIT_CONFIG_PARAMETERS: `'include.path'='${join(home, INCLUDED_IN_GIT)}'`,
    ...(mode === 'socket' ? signerEnvironment(socketFolder(backend, sockets)) : {}),
  }
}
