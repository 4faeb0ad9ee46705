import { didKeyOf } from '@agentvm/sdk'
import type { Check } from './checks.ts'
import type { CommitObject, Person } from './commit-object.ts'
import { isSshSignature, isSshSigned, readSshSignature } from './ssh-signature.ts'

/** The namespace of signatures that git makes. */
const NAMESPACE = 'git'
/** How an agent with a DID writes its address. */
const ADDRESS = /^(did:key:[A-Za-z0-9]+)@gitlawb$/

/** Who has signed a commit, if that is established, and the answers to whether it is signed and by its author. */
export interface SignatureChecks {
  signer: string | undefined
  checks: Check[]
}

/** Looks at a commit's signature, without ssh-keygen and without a list of whom to trust: the key is the DID. */
export function checkSignature(commit: CommitObject): SignatureChecks {
  const signature = signatureOf(commit)
  if ('outcome' in signature) {
    return {
      signer: undefined,
      checks: [
        { check: 'signature', ...signature },
        { check: 'author', outcome: 'unknown', detail: 'nobody signed for the author' },
      ],
    }
  }
  const { signer } = signature
  return {
    signer,
    checks: [
      { check: 'signature', outcome: 'established', detail: `signed by ${signer}` },
      authorCheck(commit, signer),
    ],
  }
}

function signatureOf({
  signature,
  signed,
}: CommitObject): { signer: string } | { outcome: 'failed' | 'unknown'; detail: string } {
  if (signature === undefined) return { outcome: 'unknown', detail: 'it is not signed' }
  if (!isSshSignature(signature)) {
    return { outcome: 'unknown', detail: 'its signature is none of SSH: only those stand for a DID' }
  }
  const read = readSshSignature(signature)
  if (typeof read === 'string') {
    const outcome = read.includes('by a key of type') ? 'unknown' : 'failed'
    return { outcome, detail: `its signature: ${read}` }
  }
  if (read.namespace !== NAMESPACE) {
    return { outcome: 'failed', detail: 'its signature was made for something else than a commit' }
  }
  if (!isSshSigned(read, signed)) {
    return { outcome: 'failed', detail: 'its signature is wrong: the commit is not what was signed' }
  }
  return { signer: didKeyOf(read.publicKey) }
}

/** Git doesn't tie the signer to the author: this does. */
function authorCheck({ author, committer }: CommitObject, signer: string): Check {
  const wrong = [
    ['author', author],
    ['committer', committer],
  ].flatMap(([role, person]) => {
    const email = (person as Person | undefined)?.email
    return email === `${signer}@gitlawb` ? [] : [`the ${role} is ${email ?? 'nobody'}`]
  })
  if (wrong.length === 0) {
    return { check: 'author', outcome: 'established', detail: 'the signer is author and committer' }
  }
  const claimsAnother = [author, committer].some((person) => {
    const did = ADDRESS.exec(person?.email ?? '')?.[1]
    return did !== undefined && did !== signer
  })
  return {
    check: 'author',
    outcome: claimsAnother ? 'failed' : 'unknown',
    detail: `${wrong.join(', ')}, not the signer`,
  }
}
