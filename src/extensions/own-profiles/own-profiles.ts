import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { OTHER_WRITERS, readOwnFile } from '../../settings/env-file-read.ts'
import { compareText } from '../order.ts'
import type { Provided } from '../provided.ts'
import { readEnvForm } from './env-form.ts'
import { readJsonForm } from './json-form.ts'

const FILE = /^(.+)\.(env|json)$/
const NAME = /^[a-z0-9][a-z0-9-]*$/

/** A file that holds a profile of the user's own. */
export interface OwnProfileFile {
  name: string
  path: string
}

/** The profiles in `$AGENTVM_HOME/profiles`: `<name>.env` in the bash tool's form, `<name>.json` typed. */
export class OwnProfiles {
  private readonly folder: string
  private readonly home: string

  /** `home` is the user's: what `$HOME` stands for. */
  constructor(folder: string, home: string) {
    this.folder = folder
    this.home = home
  }

  /** The files by name. `report` is told of those that can't count: a bad name, or a second file of the same name. */
  files(report: (problem: string) => void = () => {}): OwnProfileFile[] {
    const files = new Map<string, OwnProfileFile>()
    for (const entry of this.entries()) {
      const [, name = '', form] = FILE.exec(entry) ?? []
      const path = join(this.folder, entry)
      if (name === '' || entry.startsWith('.')) continue
      if (!NAME.test(name)) {
        report(
          `${path}: '${name}' can't be the name of a profile; rename the file: lower-case letters, digits, dashes`,
        )
        continue
      }
      const other = files.get(name)
      if (other) report(`${other.path} has no effect: ${path} is the same profile`)
      if (form === 'json' || !other) files.set(name, { name, path })
    }
    return [...files.values()]
  }

  /** The file of that name, or undefined. */
  find(name: string): OwnProfileFile | undefined {
    return this.files().find((file) => file.name === name)
  }

  /** Reads a file. Throws a {@link UserError} that names line, key and fix of what is wrong in it. */
  load({ name, path }: OwnProfileFile): Profile {
    const text = readOwnFile(path, OTHER_WRITERS)
    if (text === undefined) throw new UserError(`${path} is gone`)
    const names = { HOME: this.home, SCRIPT_DIR: dirname(this.folder) }
    return path.endsWith('.json')
      ? readJsonForm(name, text, path, names)
      : readEnvForm(name, text, path, names)
  }

  /**
   * The plugins' profiles with the user's own over them, by name. A broken file is among them: whoever loads it hears
   * what is wrong. It doesn't let a plugin's profile through that it was meant to replace.
   */
  over(offered: readonly Provided[], report: (problem: string) => void): Provided[] {
    const own = this.files(report).map(({ name, path }): Provided => {
      const hidden = offered.find(({ id }) => id === name)
      const offer = { kind: 'profile', id: name, plugin: path, version: '', source: 'user' } as const
      return hidden ? { ...offer, replaces: hidden.plugin } : offer
    })
    const hidden = new Set(own.map(({ id }) => id))
    return [...own, ...offered.filter(({ id }) => !hidden.has(id))].sort((a, b) => compareText(a.id, b.id))
  }

  private entries(): string[] {
    try {
      return readdirSync(this.folder).sort(compareText)
    } catch {
      return []
    }
  }
}
