import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  appendLine,
  createFileAtomic,
  errorCode,
  fileVersion,
  isDeadTemporary,
  makePrivateDir,
  readIfExists,
  writeFileAtomic,
  writeFileDurably,
} from '../../src/system/files.ts'
import { openBeneath, readFully } from '../../src/system/read-beneath.ts'
import { emptyFolder, removeTree } from '../../src/system/remove-tree.ts'
import { makeScratch, makeTemporary, removeDeadScratch } from '../../src/system/scratch.ts'

/** No process of Linux has such a number. */
const DEAD_PID = 99_999_999
const modeOf = (path: string) => lstatSync(path).mode & 0o777

describe('the files that agentvm writes', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-files-')))
    file = join(folder, 'file')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are read, or there are none; other mistakes are told', () => {
    writeFileSync(file, 'text')
    assert.equal(readIfExists(file), 'text')
    assert.equal(readIfExists(join(folder, 'none')), undefined)
    assert.equal(readIfExists(join(file, 'below')), undefined)
    assert.throws(() => readIfExists(folder), { code: 'EISDIR' })
    assert.equal(errorCode(undefined), undefined)
  })

  it('have another version when they change, or another takes their name', () => {
    assert.equal(fileVersion(file), '')
    writeFileSync(file, 'one')
    const first = fileVersion(file)
    assert.equal(fileVersion(file), first)
    utimesSync(file, 1, 1)
    const touched = fileVersion(file)
    assert.notEqual(touched, first)
    writeFileSync(join(folder, 'other'), 'two')
    utimesSync(join(folder, 'other'), 1, 1)
    renameSync(join(folder, 'other'), file)
    assert.notEqual(fileVersion(file), touched)
    symlinkSync('nowhere', join(folder, 'link'))
    assert.notEqual(fileVersion(join(folder, 'link')), '')
  })

  it('are replaced as a whole, private, and never through a link', async () => {
    const aim = join(folder, 'aim')
    writeFileSync(aim, 'safe')
    symlinkSync(aim, file)
    writeFileAtomic(file, 'new')
    assert.deepEqual([readFileSync(file, 'utf8'), modeOf(file)], ['new', 0o600])
    await writeFileDurably(file, 'newer')
    assert.deepEqual([readFileSync(file, 'utf8'), modeOf(file)], ['newer', 0o600])
    writeFileAtomic(file, 'open', { mode: 0o644, durable: false })
    assert.deepEqual([readFileSync(file, 'utf8'), modeOf(file)], ['open', 0o644])
    assert.equal(readFileSync(aim, 'utf8'), 'safe')
    assert.deepEqual(readdirSync(folder).sort(), ['aim', 'file'])
  })

  it('are made once: the second who makes one changes nothing', () => {
    assert.equal(createFileAtomic(file, 'first'), true)
    assert.equal(createFileAtomic(file, 'second'), false)
    assert.equal(readFileSync(file, 'utf8'), 'first')
    assert.throws(() => createFileAtomic(join(folder, 'none', 'x'), ''), { code: 'ENOENT' })
    assert.deepEqual(readdirSync(folder), ['file'])
  })

  it('are made once also where there are no hard links, as on a share', () => {
    const { linkSync: original } = fs
    fs.linkSync = () => {
      throw Object.assign(new Error('no links here'), { code: 'EPERM' })
    }
    syncBuiltinESMExports()
    try {
      assert.equal(createFileAtomic(file, 'first'), true)
      assert.equal(createFileAtomic(file, 'second'), false)
      assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(folder)], ['first', ['file']])
      assert.equal(modeOf(file), 0o600)
    } finally {
      fs.linkSync = original
      syncBuiltinESMExports()
    }
  })

  it('leave no temporary behind where they can’t take their name', async () => {
    mkdirSync(join(file, 'in the way'), { recursive: true })
    assert.throws(() => writeFileAtomic(file, 'x'), { code: /EISDIR|ENOTEMPTY|EEXIST/ })
    await assert.rejects(writeFileDurably(file, 'x'), { code: /EISDIR|ENOTEMPTY|EEXIST/ })
    assert.deepEqual(readdirSync(folder), ['file'])
  })

  it('tell by their name when whoever wrote them has died', () => {
    assert.equal(isDeadTemporary(`/x/.a.env.${DEAD_PID}.0123abcd`), true)
    assert.equal(isDeadTemporary(`/x/.a.env.${process.pid}.0123abcd`), false)
    for (const name of [
      `a.${DEAD_PID}.0123abcd`,
      `.a.${DEAD_PID}.0123abcg`,
      `.a.${DEAD_PID}.0123abcd1`,
      '.a',
    ]) {
      assert.equal(isDeadTemporary(`/x/${name}`), false, name)
    }
  })

  it('take a line whole, also after one that was cut short', () => {
    appendLine(file, 'one')
    appendLine(file, 'two')
    assert.deepEqual([readFileSync(file, 'utf8'), modeOf(file)], ['one\ntwo\n', 0o600])
    writeFileSync(file, 'cut')
    appendLine(file, 'whole')
    assert.equal(readFileSync(file, 'utf8'), 'cut\nwhole\n')
    assert.throws(() => appendLine('/dev/full', 'x'), { code: 'ENOSPC', path: '/dev/full' })
  })
})

describe('the folders that agentvm makes', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-files-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are private, with their parents, and may be there already', () => {
    makePrivateDir(join(folder, 'a', 'b'))
    makePrivateDir(join(folder, 'a', 'b'))
    assert.deepEqual([modeOf(join(folder, 'a')), modeOf(join(folder, 'a', 'b'))], [0o700, 0o700])
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => makePrivateDir(join(folder, 'file')), { code: 'EEXIST' })
    assert.throws(() => makePrivateDir(join(folder, 'file', 'x')), { code: 'ENOTDIR' })
    assert.throws(() => makePrivateDir('/proc/none/x'), {
      message: '/proc/none: no folder can be made there',
    })
  })

  it('are made by several processes at once', async () => {
    const source = JSON.stringify(join(import.meta.dirname, '../../src/system/files.ts'))
    const script = `import { makePrivateDir } from ${source}
      while (Date.now() < Number(process.argv[2])) {}
      for (let n = 0; n < 400; n += 1) makePrivateDir(process.argv[1] + '/' + n + '/a/b/c')`
    const args = ['--no-warnings', '--input-type=module-typescript', '-e', script, '--', folder]
    const start = String(Date.now() + 400)
    const processes = [1, 2, 3].map(() => promisify(execFile)(process.execPath, [...args, start]))
    await Promise.all(processes)
    assert.equal(readdirSync(folder).length, 400)
  })
})

describe('a folder of an agent', () => {
  let folder: string
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-files-')))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is removed, or emptied, and nothing that a link in it leads to', () => {
    const kept = join(folder, 'kept')
    const tree = join(folder, 'tree')
    mkdirSync(kept)
    mkdirSync(join(tree, 'locked', 'deep'), { recursive: true })
    writeFileSync(join(kept, 'work'), '')
    symlinkSync(kept, join(tree, 'link'))
    chmodSync(join(tree, 'locked'), 0o500)
    emptyFolder(tree)
    assert.deepEqual(readdirSync(tree), [])
    symlinkSync(kept, join(tree, 'link'))
    removeTree(tree)
    removeTree(tree)
    assert.deepEqual([existsSync(tree), existsSync(join(kept, 'work'))], [false, true])
  })

  it('gives its own regular files only, however one comes to them', () => {
    const [root, inside] = [join(folder, 'root'), join(folder, 'root', 'in')]
    mkdirSync(inside, { recursive: true })
    writeFileSync(join(inside, 'file'), 'content')
    linkSync(join(inside, 'file'), join(folder, 'outside'))
    symlinkSync('file', join(inside, 'link'))
    symlinkSync('in', join(root, 'folder-link'))
    const open = (path: string) => openBeneath(Buffer.from(root), Buffer.from(path))
    for (const path of ['in/link', 'folder-link/file', 'in', 'none', 'in/../../outside']) {
      assert.equal(open(path), undefined, path)
    }
    const fd = open('in/file')
    assert.ok(fd !== undefined)
    const [small, large] = [Buffer.alloc(4), Buffer.alloc(20)]
    assert.deepEqual([readFully(fd, small), small.toString()], [4, 'cont'])
    assert.deepEqual([readFully(fd, large), large.toString('utf8', 0, 7)], [7, 'content'])
    assert.equal(readFully(openSync('/dev/null', 'r'), large), 0)
  })
})

describe('a scratch folder', () => {
  it('is private, and removed once its process has died', () => {
    const parent = mkdtempSync(join(tmpdir(), 'agentvm-files-'))
    try {
      const own = makeScratch(parent, 'check')
      assert.equal(statSync(own).mode & 0o777, 0o700)
      const dead = (kind: string, end = 'Ab3xyz') => `${kind}-${DEAD_PID}-${end}`
      const all = [
        dead('check'),
        dead('diff'),
        dead('other'),
        dead('check', 'short'),
        dead('check-more'),
        'check-x',
      ]
      for (const name of all) mkdirSync(join(parent, name))
      removeDeadScratch(parent, ['check', 'diff'])
      const left = [own.slice(parent.length + 1), ...all.slice(2)].sort()
      assert.deepEqual(readdirSync(parent).sort(), left)
      removeDeadScratch(join(parent, 'none'), ['check'])
    } finally {
      rmSync(parent, { recursive: true })
    }
  })

  it('in the folder of temporary files takes away what dead processes of ours have left of the same kind, and nothing else', () => {
    const parent = mkdtempSync(join(tmpdir(), 'agentvm-files-'))
    const { TMPDIR } = process.env
    process.env.TMPDIR = parent
    try {
      const outside = join(parent, 'outside')
      const dead = `agentvm-x-${DEAD_PID}-`
      for (const name of ['outside', `${dead}aaaaaa`, `agentvm-y-${DEAD_PID}-aaaaaa`, 'agentvm-x-aaaaaa'])
        mkdirSync(join(parent, name))
      writeFileSync(join(outside, 'file'), '')
      symlinkSync(outside, join(parent, `${dead}bbbbbb`))
      const first = makeTemporary('agentvm-x')
      const second = makeTemporary('agentvm-x')
      assert.equal(modeOf(first), 0o700)
      assert.deepEqual(
        readdirSync(parent).sort(),
        [
          ...[first, second].map((path) => path.slice(parent.length + 1)),
          ...['outside', `${dead}bbbbbb`, `agentvm-y-${DEAD_PID}-aaaaaa`, 'agentvm-x-aaaaaa'],
        ].sort(),
      )
      assert.deepEqual(readdirSync(outside), ['file'])
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
      rmSync(parent, { recursive: true })
    }
  })
})
