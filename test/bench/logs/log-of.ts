import { existsSync, readFileSync } from 'node:fs'
import type { TestHome } from '../../support/agentvm.ts'

/** What an agent has printed so far. */
export function logOf(home: TestHome, name: string): string {
  const path = home.file('state', `${name}.log`)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
