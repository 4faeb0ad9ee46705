import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathValues } from '../../src/policy/protect/git-config.ts'

describe('the paths that a git configuration names', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-config-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** What git itself reads. */
  const byGit = (text: string) => {
    writeFileSync(join(folder, 'config'), text)
    const argv = ['config', '--no-includes', '-z', '-f', join(folder, 'config'), '--get-regexp', 'path$']
    const output = execFileSync('git', argv, { encoding: 'utf8' })
    return output
      .split('\0')
      .slice(0, -1)
      .flatMap((entry) => {
        const [key = '', ...value] = entry.split('\n')
        return value.join('\n') === '' ? [] : [{ isFile: key.endsWith('.path'), value: value.join('\n') }]
      })
  }

  for (const text of [
    '[core]\nhooksPath = hooks\n',
    '[core]\n\thooksPath\t=\thooks\n',
    '[core]\n\tHOOKSPATH=hooks',
    '[core]\n\thooksPath = two words  \r\n',
    '[core]\n\thooksPath = hooks # as we agreed\n',
    '[core]\n\thooksPath = hooks;semicolon\n',
    '[core]\n\thooksPath = "hooks # no comment" ; one\n',
    '[core]\n\thooksPath = a"b  c"d\n',
    '[core]\n\thooksPath = "end  "\n',
    '[core]\n\thooksPath = a\\\n  b\n\tbare = false\n',
    '[core]\n\thooksPath = "a\\\nb"\n',
    '[core]\n\thooksPath = a\\tb\\\\c\\"d "e\\n\\"f"\n',
    '[core]\n\thooksPath = a\\bb\n',
    '[core]\n\thooksPath =\n\thooksPath = ""\n\thooksPath = last\n',
    '[core] hooksPath = on the same line\n',
    '[include] path = x\n[include "a]\\"b"] path = y\n[include "c"]\n path = z\n',
    '# hooksPath = no\n[core]\n;path = no\n\tworktree = path=no\n\thooksPath = yes\n',
    '[core]\n\thooksPathx = no\n[credential]\n\tpath = what else is called so is looked at too\n',
  ]) {
    it(`are those that git reads: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(pathValues(text), byGit(text))
    })
  }

  it('are none where git reads none', () => {
    for (const text of [
      '',
      'hooksPath\n',
      '[core]\n\tbare = true\n',
      '[core]\n\thooksPath\n',
      'x hooksPath = y\n',
    ])
      assert.deepEqual(pathValues(text), [], text)
  })
})
