import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Comparison, compareWithBaseline } from '../../src/workspace/baseline/compare.ts'
import type { ShareBlocks } from '../../src/workspace/baseline/content-store.ts'
import { ContentReader } from '../../src/workspace/baseline/content-store.ts'
import { IgnoreRules } from '../../src/workspace/baseline/ignore-rules.ts'
import { readManifest, writeManifest } from '../../src/workspace/baseline/manifest.ts'
import type { ScopeOptions } from '../../src/workspace/baseline/scope.ts'
import { takeBaseline } from '../../src/workspace/baseline/take-baseline.ts'

/** A workspace and its baseline in a temporary folder. */
export class TestWorkspace {
  private readonly parent = realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-ws-')))
  readonly path = join(this.parent, 'ws')
  readonly baseline = join(this.parent, 'baseline')

  constructor() {
    mkdirSync(this.path)
  }

  file(path: string): string {
    return join(this.path, path)
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(this.file(path)), { recursive: true })
    writeFileSync(this.file(path), content)
  }

  async take(ignored: string[] = [], share?: ShareBlocks): Promise<void> {
    await takeBaseline({
      workspace: this.path,
      folder: this.baseline,
      takenAt: '2026-01-01T00:00:00Z',
      git: null,
      ignored: new IgnoreRules(ignored),
      ...(share ? { share } : {}),
    })
  }

  compare(options: ScopeOptions = {}): Comparison {
    const baseline = readManifest(this.baseline)
    if (!baseline) throw new Error('no baseline')
    const contents = new ContentReader(this.baseline, baseline.chunks)
    const comparison = compareWithBaseline(this.path, baseline, contents, options)
    if (comparison.refreshed) writeManifest(this.baseline, comparison.refreshed)
    return comparison
  }

  /** Changes as `A path`, `M path`, `D path`. */
  changes(options: ScopeOptions = {}): string[] {
    return this.compare(options).changes.map(
      ({ path, before, after }) => `${!before ? 'A' : !after ? 'D' : 'M'} ${path}`,
    )
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true })
  }
}
