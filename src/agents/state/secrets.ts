import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ANYONE_ELSE, readOwnFile } from '../../settings/env-file-read.ts'
import { EnvText } from '../../settings/env-file-syntax.ts'
import type { Home } from '../../settings/home.ts'
import { makePrivateDir, writeFileAtomic } from '../../system/files.ts'

/** Keeps the values of `-e NAME=VALUE` for the agent's restarts, readable by the user alone. Replaces those of its last start. */
export function saveSecrets(home: Home, id: string, values: Record<string, string>): void {
  const path = home.secretsFile(id)
  if (Object.keys(values).length === 0) {
    rmSync(path, { force: true })
    return
  }
  const text = EnvText.parse('', path)
  for (const [name, value] of Object.entries(values)) text.set(name, value)
  makePrivateDir(dirname(path))
  writeFileAtomic(path, text.toString())
}

/** The values kept for an agent. Throws a {@link UserError} if other users could read them. */
export function readSecrets(home: Home, id: string): Record<string, string> {
  const path = home.secretsFile(id)
  return EnvText.parse(readOwnFile(path, ANYONE_ELSE) ?? '', path).values
}
