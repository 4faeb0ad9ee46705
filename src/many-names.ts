/** Names given on the command line, each once, in their order. */
export function manyNames(argv: readonly unknown[]): string[] {
  return [...new Set(argv.map(String))]
}
