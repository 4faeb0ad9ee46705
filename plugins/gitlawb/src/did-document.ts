/** The DID document, with its keys in the order in which `gl identity export` has them. No node serves it. */
export function didDocument(did: string): Record<string, unknown> {
  return {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: did,
    verificationMethod: [
      {
        id: `${did}#signing-key`,
        type: 'Ed25519VerificationKey2020',
        controller: did,
        publicKeyMultibase: did.slice('did:key:'.length),
      },
    ],
  }
}
