/** Scopes of {@link debug}. */
type Scope = 'exec' | 'lock' | 'state'

/** Whether `DEBUG` asks for one of our scopes: `agentvm:exec`, `agentvm:*` or `*`, several with commas between. */
function isWanted(scope: Scope): boolean {
  const words = process.env.DEBUG?.split(/[\s,]+/) ?? []
  return words.some((word) => ['*', 'agentvm:*', `agentvm:${scope}`].includes(word))
}

/** Says on standard error what happens inside, if `DEBUG` asks for it. Nothing in it may be a secret. */
export function debug(scope: Scope, what: () => string): void {
  if (isWanted(scope)) process.stderr.write(`${new Date().toISOString()} agentvm:${scope} ${what()}\n`)
}
