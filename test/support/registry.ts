import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'

/** The fields of a `package.json` that matter here; a registry hands all of them on. */
export interface PackageJson {
  name: string
  version: string
  [field: string]: unknown
}

/** An answer that isn't what was asked for. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** How one tarball is handed out, if not as it was published. */
export type Fault = 'corrupt' | 'hang' | 'missing'

interface Version {
  manifest: PackageJson & { dist: { shasum: string; integrity: string; tarball: string } }
  tarball: Buffer
}

interface Package {
  tags: Record<string, string>
  versions: Map<string, Version>
}

/**
 * An npm registry on loopback, in this process: what npm's install, view and publish ask for. Tests
 * start one of their own, publish to it with npm or {@link add}, and run any program against it with {@link env}:
 * nothing else is within its reach, so that a package that isn't here is a 404.
 */
export class Registry {
  /** The paths that were asked for, in their order. */
  readonly requests: string[] = []
  private readonly folder = mkdtempSync(join(tmpdir(), 'agentvm-registry-'))
  private readonly packages = new Map<string, Package>()
  private readonly faults = new Map<string, Fault>()
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error) =>
        reply(response, error.status ?? 500, { error: String(error) }),
      )
    })
  }

  static async start(): Promise<Registry> {
    const registry = new Registry()
    registry.server.listen(0, '127.0.0.1')
    await once(registry.server, 'listening')
    // npm publishes to nobody without a token.
    writeFileSync(join(registry.folder, 'npmrc'), `//${registry.host}/:_authToken=any\n`)
    return registry
  }

  /** With a slash at its end, as npm writes it. */
  get url(): string {
    return `http://${this.host}/`
  }

  /** Makes npm use this registry, a cache of its own, and no settings of who runs the tests. */
  env(): Record<string, string> {
    return {
      npm_config_registry: this.url,
      npm_config_userconfig: join(this.folder, 'npmrc'),
      npm_config_cache: join(this.folder, 'cache'),
      npm_config_fetch_retries: '0',
      npm_config_update_notifier: 'false',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    }
  }

  /** Publishes a folder by npm itself, so that `files`, `prepack` and the like count. */
  async publish(folder: string, tag = 'latest'): Promise<void> {
    await promisify(execFile)('npm', ['publish', '--silent', '--tag', tag], {
      cwd: folder,
      env: { ...process.env, ...this.env() },
    })
  }

  /** Publishes a package of these files, by their paths in it. Without npm: it takes milliseconds. */
  add(pjson: PackageJson, files: Record<string, string> = {}, tag = 'latest'): void {
    this.store(pjson, packTarball(pjson, files), [tag])
  }

  /** Publishes an installed package as it lies there, for this machine only: without npm, whose scripts it may not bear. */
  addFolder(folder: string): void {
    const pjson = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
    const { optionalDependencies: optional = {}, ...fields } = pjson
    const here = `${process.platform}-${process.arch}`
    const kept = Object.entries(optional as Record<string, string>).filter(([name]) => name.endsWith(here))
    const manifest = { ...fields, optionalDependencies: Object.fromEntries(kept) } as PackageJson
    const files = ['--transform', 's,^\\.,package,', '-C', folder, '.']
    const tarball = execFileSync('tar', ['-I', 'gzip -1', '-c', ...files], { maxBuffer: 1 << 30 })
    this.store(manifest, tarball, ['latest'])
  }

  /** Publishes what npm has packed. */
  addTarball(path: string): void {
    const pjson = execFileSync('tar', ['-xzOf', path, 'package/package.json'], { encoding: 'utf8' })
    this.store(JSON.parse(pjson), readFileSync(path), ['latest'])
  }

  /** What a user's `.npmrc` says to use this registry, and to publish to it. */
  npmrc(): string {
    return [
      `registry=${this.url}`,
      `//${this.host}/:_authToken=any`,
      ...['update-notifier=false', 'audit=false', 'fund=false', 'fetch-retries=0', ''],
    ].join('\n')
  }

  /** From now on hands the package's tarballs out like this. */
  break(name: string, fault: Fault | undefined): void {
    if (fault) this.faults.set(name, fault)
    else this.faults.delete(name)
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  private store(pjson: PackageJson, tarball: Buffer, tags: string[]): void {
    const { name, version } = pjson
    const found: Package = this.packages.get(name) ?? { tags: {}, versions: new Map() }
    const digest = (kind: string) => createHash(kind).update(tarball)
    const dist = {
      shasum: digest('sha1').digest('hex'),
      integrity: `sha512-${digest('sha512').digest('base64')}`,
      tarball: `${this.url}${name}/-/${name.split('/').at(-1)}-${version}.tgz`,
    }
    found.versions.set(version, { manifest: { ...pjson, dist }, tarball })
    for (const tag of tags) found.tags[tag] = version
    this.packages.set(name, found)
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.url).pathname.slice(1))
    this.requests.push(`${request.method} /${path}`)
    const [name = '', file] = path.split('/-/')
    if (request.method === 'PUT') return this.put(await buffer(request), response)
    const found = this.packages.get(name)
    if (!found) throw new Refusal(404, `${name} is not in this registry`)
    if (file) this.sendTarball(name, found, file, response)
    else reply(response, 200, packument(name, found))
  }

  private put(body: Buffer, response: ServerResponse): void {
    const sent = JSON.parse(body.toString())
    const [attachment] = Object.values<{ data: string }>(sent._attachments)
    const [manifest] = Object.values<PackageJson>(sent.versions)
    if (!attachment || !manifest) throw new Refusal(400, 'no version in it')
    if (this.packages.get(manifest.name)?.versions.has(manifest.version))
      throw new Refusal(403, `${manifest.name}@${manifest.version} is there already`)
    this.store(manifest, Buffer.from(attachment.data, 'base64'), Object.keys(sent['dist-tags']))
    reply(response, 201, { ok: true })
  }

  private sendTarball(name: string, { versions }: Package, file: string, response: ServerResponse): void {
    const found = [...versions.values()].find(({ manifest }) => manifest.dist.tarball.endsWith(`/${file}`))
    const fault = this.faults.get(name)
    if (!found || fault === 'missing') throw new Refusal(404, `no ${file}`)
    const { tarball } = found
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    if (fault === 'hang') response.write(tarball.subarray(0, 20))
    else response.end(fault === 'corrupt' ? packTarball(found.manifest, { 'more.js': '' }) : tarball)
  }
}

function packument(name: string, { tags, versions }: Package): object {
  const manifests = [...versions].map(([version, { manifest }]) => [version, manifest])
  return { _id: name, name, 'dist-tags': tags, versions: Object.fromEntries(manifests) }
}

/** A tarball as npm packs one: everything below `package/`. */
export function packTarball(pjson: PackageJson, files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-pack-'))
  try {
    for (const [path, text] of Object.entries({ 'package.json': JSON.stringify(pjson), ...files })) {
      mkdirSync(dirname(join(folder, 'package', path)), { recursive: true })
      writeFileSync(join(folder, 'package', path), text)
    }
    return execFileSync('tar', ['-cz', '-C', folder, 'package'], { maxBuffer: 1 << 30 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
