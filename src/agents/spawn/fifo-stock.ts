import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { exec } from '../../system/exec.ts'
import { makePrivateDir } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { makeScratch } from '../../system/scratch.ts'
import { RUN_FILES } from './run-files.ts'

/** So many are made by one program. */
const AT_ONCE = 48

/** The FIFOs of many launchers, made many at a time: one that has them needs no program of its own to make them. */
export class FifoStock {
  private readonly folder: string
  private readonly ready: string[] = []
  private filling: Promise<void> | undefined
  private made = 0

  constructor(runs: string) {
    makePrivateDir(runs)
    this.folder = makeScratch(runs, 'fifos')
  }

  /** Puts its FIFOs into an agent's run folder. */
  async give(runDir: string): Promise<void> {
    // The launcher looks for the last one.
    for (const name of [RUN_FILES.alive, RUN_FILES.logged, RUN_FILES.go])
      renameSync(await this.take(), join(runDir, name))
  }

  /** Removes those that nobody has taken. */
  close(): void {
    removeTree(this.folder)
  }

  private async take(): Promise<string> {
    for (;;) {
      const one = this.ready.pop()
      if (one !== undefined) return one
      this.filling ??= this.fill().finally(() => {
        this.filling = undefined
      })
      await this.filling
    }
  }

  private async fill(): Promise<void> {
    const paths = Array.from({ length: AT_ONCE }, () => join(this.folder, String(this.made++)))
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' }
    await exec(['mkfifo', '-m', '600', ...paths], { env, timeout: 20_000, short: true })
    this.ready.push(...paths)
  }
}
