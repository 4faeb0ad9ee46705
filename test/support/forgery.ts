import { createHash } from 'node:crypto'
import type { SigningKey } from '../../src/provenance/ed25519.ts'
import { seal } from '../../src/provenance/envelope.ts'
import { type LabAgent, ProvenanceLab } from './provenance.ts'

export type Fields = Record<string, unknown>

/** The statement in a line, changed, and put back without a new signature. */
export function withStatement(line: string, change: (statement: never) => void): string {
  const envelope = JSON.parse(line)
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString())
  change(statement as never)
  envelope.payload = Buffer.from(sorted(statement)).toString('base64')
  return sorted(envelope)
}

/** JSON with sorted keys: as a forger would write it who knows how we do. */
export function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

export function statementOf(line: string): { predicate: Fields } & Fields {
  return JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString())
}

/** Records as a forger would make them of real ones: whole, but signed by a key of its own. */
export function sealedBy(key: SigningKey, lines: readonly string[]): string[] {
  let previous: string | null = null
  return lines.map((line) => {
    const statement = statementOf(line)
    const sealed = seal({ ...statement, predicate: { ...statement.predicate, home: key.did, previous } }, key)
    const { payload } = JSON.parse(sealed)
    previous = createHash('sha256').update(Buffer.from(payload, 'base64')).digest('hex')
    return sealed
  })
}

/** A home with two agents that have runs and commits, as forgers find it. */
export class TamperedLab extends ProvenanceLab {
  readonly one: LabAgent = this.agent('aaaaaaaa', 'a1')
  readonly two: LabAgent = this.agent('bbbbbbbb', 'b1')
  /** Commits of the first agent. */
  first = ''
  second = ''
  /** What is exported of the first agent's runs. */
  lines: string[] = []

  async work(): Promise<void> {
    await this.run(this.one, () => {
      this.first = this.commit(this.one, 'first')
      this.second = this.commit(this.one, 'second')
    })
    await this.run(this.one, () => {})
    await this.run(this.one, () => this.commit(this.one, 'third'))
    await this.run(this.two, () => this.commit(this.two, 'elsewhere'))
    this.lines = await this.exported('a1')
  }
}
