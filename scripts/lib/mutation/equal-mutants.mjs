import { EQUAL } from './equal.mjs'
import { inWords } from './report.mjs'

/** The ids of those of these mutants that are argued to be equal to the original. Throws on an argument that fits none of them. */
export function arguedIn(mutants) {
  const argued = new Set()
  const paths = new Set(mutants.map(({ path }) => path))
  for (const { path, at, changes } of EQUAL.filter((one) => paths.has(one.path))) {
    for (const change of changes) {
      const found = mutants.filter(
        (mutant) => mutant.path === path && mutant.at.startsWith(at) && inWords(mutant) === change,
      )
      if (found.length === 0) throw new Error(`${path} has no mutant any more in '${at}': ${change}`)
      for (const { id } of found) argued.add(id)
    }
  }
  return argued
}
