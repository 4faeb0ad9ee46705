import type { SandboxScore } from '../agents/doctor/probe-sandbox.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** What `doctor --probe` prints for people: a line a class, the holes by name, and what that means. */
export function sandboxScores(scores: readonly SandboxScore[], stream: TableStream): string {
  return scores
    .map(({ sandbox, probes, held, classes }) => {
      const holes = classes.reduce((sum, one) => sum + one.holes.length, 0)
      const text = formatTable(
        classes,
        [
          { header: sandbox.toUpperCase(), value: (one) => one.class, fixed: true },
          { header: 'HELD', value: (one) => String(one.held), align: 'right' },
          { header: 'HOLES', value: (one) => String(one.holes.length), align: 'right' },
          { header: 'UNPROVEN', value: (one) => String(one.unproven.length), align: 'right' },
          { header: 'WHICH', value: (one) => [...one.holes, ...one.unproven].join(' ') },
        ],
        { width: widthOf(stream) },
      )
      const meaning =
        holes === 0
          ? `${sandbox}: ${held} of ${probes} attacks worked without the sandbox and failed within; no hole`
          : `${sandbox}: ${holes} HOLES. Please report them, see SECURITY.md`
      return `${text}\n${meaning}`
    })
    .join('\n\n')
}
