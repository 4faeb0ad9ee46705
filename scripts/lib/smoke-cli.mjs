import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { pinnedNode } from './pinned-node.mjs'

/** How long something may take to show. */
const PATIENCE_MS = 20_000

/** The built CLI against a home of its own, for the smoke test. */
export class SmokeCli {
  folder = mkdtempSync(join(tmpdir(), 'agentvm-smoke-'))
  home = join(this.folder, 'home')

  /** Runs a command to its end. */
  run(...args) {
    const { status, signal, stdout, stderr } = spawnSync(
      pinnedNode(),
      [join(ROOT, 'bin/run.cjs'), ...args],
      // No desktop: `open` must print the path, not open a window.
      {
        encoding: 'utf8',
        env: { ...process.env, AGENTVM_HOME: this.home, DISPLAY: '', WAYLAND_DISPLAY: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return { code: status ?? signal, stdout, stderr }
  }

  /** Runs a command that must succeed. Returns its standard output. */
  ok(...args) {
    const { code, stdout, stderr } = this.run(...args)
    assert.equal(code, 0, `agentvm ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`)
    return stdout
  }

  json(...args) {
    return JSON.parse(this.ok(...args, '--json'))
  }

  path(...parts) {
    return join(this.home, ...parts)
  }

  read(...parts) {
    return readFileSync(this.path(...parts), 'utf8')
  }

  /** Looks again and again until something holds. Throws what the last look threw when it never does. */
  async until(look) {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      try {
        return look()
      } catch (error) {
        if (Date.now() > deadline) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  remove() {
    this.run('purge', '--force')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
