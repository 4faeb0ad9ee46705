import { inWords } from './report.mjs'

/**
 * Mutants that no test can tell, since the program does the same with them, each with why: `docs/mutation.md` argues the kinds.
 * `mutants` are as the run prints them.
 *
 * @type {{ path: string, why: string, mutants: string[] }[]}
 */
const EQUAL = []

/** The ids of those of these mutants that are argued to be equal to the original. Throws on an argument that fits none of them. */
export function arguedIn(mutants) {
  const argued = new Set()
  const paths = new Set(mutants.map(({ path }) => path))
  for (const { path, mutants: words } of EQUAL.filter((one) => paths.has(one.path))) {
    for (const word of words) {
      const found = mutants.filter((mutant) => mutant.path === path && inWords(mutant) === word)
      if (found.length === 0) throw new Error(`${path} has no mutant any more: ${word}`)
      for (const { id } of found) argued.add(id)
    }
  }
  return argued
}
