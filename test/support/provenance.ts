import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyPair } from '../../plugins/gitlawb/src/key-pair.ts'
import { allowedSignersLine, encodePrivateKey } from '../../plugins/gitlawb/src/openssh.ts'
import type { Context } from '../../src/agents/context.ts'
import { timestamp } from '../../src/agents/events.ts'
import { exportRecords } from '../../src/agents/provenance/export.ts'
import { homeKey } from '../../src/agents/provenance/home-key.ts'
import { ledgerFile, ledgerLines } from '../../src/agents/provenance/ledger.ts'
import { recordRunEnd, recordRunStart } from '../../src/agents/provenance/record-run.ts'
import { type VerifyReport, type VerifyRequest, verifyTarget } from '../../src/agents/provenance/verify.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { decodeRecord } from '../../src/agents/state/record-codec.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { Home } from '../../src/settings/home.ts'
import { git } from './git.ts'

/** An agent of a made-up home: on record, with a key that signs its commits, without a process. */
export interface LabAgent {
  record: AgentRecord
  key: KeyPair
  repo: string
}

/** A home whose agents' runs are made up: real records, real repositories, real signatures, no sandbox and no tmux. */
export class ProvenanceLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'agentvm-lab-'))
  readonly home: Home
  readonly warnings: string[] = []
  readonly context: Context

  constructor(name = 'home') {
    this.home = new Home({ AGENTVM_HOME: join(this.folder, name) })
    mkdirSync(this.home.workspaces, { recursive: true, mode: 0o700 })
    this.context = this.contextOf(this.home)
  }

  /** The `did:key` of its home. */
  get homeKey(): string {
    return homeKey(this.home).did
  }

  /** A new agent with an empty repository. */
  agent(id: string, name = id): LabAgent {
    const key = KeyPair.generate()
    const repo = this.home.workspace(name)
    mkdirSync(repo)
    git(repo, 'init', '-q')
    writeFileSync(join(this.folder, `${id}.key`), encodePrivateKey(key), { mode: 0o600 })
    writeFileSync(join(this.folder, `${id}.signers`), `${allowedSignersLine(key.did)}\n`)
    const record: AgentRecord = {
      ...decodeRecord({ AGENT_FORMAT: '1', AGENT_ID: id, AGENT_BOOT_ID: 'boot' }, name),
      ...{ workspace: repo, home: this.home.agentHome(id), did: key.did, gitlawb: true },
      ...{ createdAt: '2026-01-01T00:00:00Z', sandbox: 'bwrap' },
      extra: { AGENT_BASELINE: 'empty 2026-01-01T00:00:00Z' },
    }
    return { record, key, repo }
  }

  /** One run of an agent, from its start to its end. */
  async run(agent: LabAgent, work: () => void, isolated = true): Promise<void> {
    const { record } = agent
    const spawn = {
      prepared: {
        plan: { command: ['/usr/bin/claude', '-p', 'a prompt'], network: 'allowlist', prompt: 'a prompt' },
        profile: { name: 'claude-code' },
        backend: { id: isolated ? 'bwrap' : 'none', capabilities: { isolates: isolated } },
      },
      policy: { agentId: record.id, env: { SECRET: 'hidden-value' } },
      enforcement: { by: 'rlimits', gaps: [] },
    } as unknown as Parameters<typeof recordRunStart>[1]
    agent.record = await recordRunStart(this.context, spawn, record)
    work()
    const ended = { exitCode: 0, endedAt: timestamp(), endReason: 'exited' as const }
    agent.record = await recordRunEnd(this.context, { ...agent.record, ...ended })
    this.context.store.save({ ...agent.record, ...ended })
  }

  /** A commit that the agent has signed; returns its name. */
  commit({ repo, key, record }: LabAgent, message: string, settings: string[] = []): string {
    writeFileSync(join(repo, message), message)
    git(repo, 'add', '.')
    const config = [
      `user.name=${record.name}`,
      `user.email=${key.did}@gitlawb`,
      'gpg.format=ssh',
      `user.signingkey=${join(this.folder, `${record.id}.key`)}`,
      `gpg.ssh.allowedSignersFile=${join(this.folder, `${record.id}.signers`)}`,
      ...settings,
    ]
    const options = config.flatMap((setting) => ['-c', setting])
    git(repo, ...options, 'commit', '-q', '-S', '-m', message)
    return git(repo, 'rev-parse', 'HEAD')
  }

  /** The bytes of a commit. */
  raw(repo: string, name: string): Buffer {
    return execFileSync('git', ['-C', repo, 'cat-file', 'commit', name])
  }

  /** Writes a commit from bytes, however wrong, and returns its name. */
  forge(repo: string, raw: Buffer | string): string {
    const argv = ['-C', repo, 'hash-object', '-t', 'commit', '-w', '--literally', '--stdin']
    return execFileSync('git', argv, { input: raw }).toString().trim()
  }

  /** A signature by an agent's key over bytes, by ssh-keygen. */
  sign({ record }: LabAgent, bytes: Buffer | string, namespace = 'git', hash = 'sha512'): string {
    const key = join(this.folder, `${record.id}.key`)
    const argv = ['-Y', 'sign', '-q', '-n', namespace, '-O', `hashalg=${hash}`, '-f', key]
    return execFileSync('ssh-keygen', argv, { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] }).toString()
  }

  /** The records of an agent, as an export has them: with the closing line. */
  async exported(...names: string[]): Promise<string[]> {
    const request = { targets: names, repo: this.folder, notes: false, output: undefined }
    return (await exportRecords(this.context, request)).lines
  }

  /** Writes an agent's records into a repository's notes. */
  async exportNotes(repo: string, ...names: string[]): Promise<void> {
    await exportRecords(this.context, { targets: names, repo, notes: true, output: undefined })
  }

  /** Verifies by the home itself. */
  verify(target: string, more: Partial<VerifyRequest> = {}): Promise<VerifyReport> {
    const request = { target, kind: undefined, repo: this.folder, records: [], homeKeys: [] }
    return verifyTarget(this.context, { ...request, ...more })
  }

  /** Verifies as somebody does who has no home of agentvm, and trusts this one's key. */
  async verifyElsewhere(target: string, more: Partial<VerifyRequest> = {}): Promise<VerifyReport> {
    const context = this.contextOf(new Home({ AGENTVM_HOME: join(this.folder, 'nowhere') }))
    const request = { target, kind: undefined, repo: this.folder, records: [], homeKeys: [this.homeKey] }
    return verifyTarget(context, { ...request, ...more })
  }

  /** Verifies lines as a file of records. */
  verifyLines(lines: readonly string[] | string): Promise<VerifyReport> {
    const file = join(this.folder, 'records.jsonl')
    writeFileSync(
      file,
      typeof lines === 'string' ? lines : lines.map((line) => `${line}\n`).join(''),
      'latin1',
    )
    return this.verifyElsewhere(file)
  }

  /** An agent's records as they lie in the home. */
  ledger({ record }: LabAgent): { lines: string[]; file: string; text: string } {
    const file = ledgerFile(this.home, record.id)
    return { lines: ledgerLines(this.home, record.id), file, text: readFileSync(file, 'utf8') }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private contextOf(home: Home): Context {
    return {
      home,
      store: new AgentStore(home),
      settings: { provenance: true },
      extensions: { coreVersion: '1.0.0', list: () => [{ id: 'claude-code', version: '1.2.3' }] },
      warn: (message: string) => this.warnings.push(message),
    } as unknown as Context
  }
}

/** What is wrong or not established, one line each: `check: detail`. */
export function shortcomings({ results }: VerifyReport, outcome: 'failed' | 'unknown'): string[] {
  return results.flatMap(({ checks }) =>
    checks.filter((each) => each.outcome === outcome).map(({ check, detail }) => `${check}: ${detail}`),
  )
}
