/** The node of `gl`, where `GITLAWB_NODE` names no other. */
const DEFAULT_NODE = 'https://node.gitlawb.com'

/** The node at which agents are registered. */
export function nodeUrl(): string {
  return process.env.GITLAWB_NODE || DEFAULT_NODE
}
