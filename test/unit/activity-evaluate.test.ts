import assert from 'node:assert/strict'
import type { ActivityRules } from '@agentvm/sdk'
import aider from '../../profiles/aider/src/index.ts'
import { screenFromCapture } from '../../src/activity/capture.ts'
import { evaluate } from '../../src/activity/evaluate.ts'
import type { Screen } from '../../src/activity/screen.ts'

const RULES: ActivityRules = {
  input: { above: '^─{3,}', first: '^>', below: '^─{3,}', footerLines: 2 },
  prompt: '^> \\S',
  rules: [
    { id: 'asks', state: 'waiting', reason: 'permission', in: 'dialog', match: 'Proceed\\?' },
    { id: 'spins', state: 'working', in: 'status', lines: 1, match: '^\\* ' },
    { id: 'failed', state: 'waiting', reason: 'error', in: 'reply', match: '^error', unless: '^done' },
    { id: 'titled', state: 'working', in: 'title', match: '^busy' },
    { id: 'ready', state: 'idle', in: 'input', match: '^>' },
  ],
}

function screen(text: string, changes: Partial<Screen> = {}): Screen {
  return {
    title: '',
    lines: text.split('\n'),
    cursor: { x: 0, y: 0 },
    cursorVisible: true,
    alternateScreen: false,
    ...changes,
  }
}

const BOX = '───\n> \n───\nfooter'
const stateOf = (text: string, changes: Partial<Screen> = {}) => evaluate(screen(text, changes), RULES).state

describe('evaluating a screen', () => {
  it('finds a dialog where there is no input box, not where prose quotes one above it', () => {
    assert.equal(stateOf('text\nProceed?\n1. yes'), 'waiting')
    assert.equal(stateOf(`Proceed?\n1. yes\n${BOX}`), 'idle')
  })

  it('takes no box for the input box that has too much below it', () => {
    assert.equal(stateOf(`${BOX}\nmore\nand more\nProceed?`), 'waiting')
  })

  it('reads a spinner only in its place right above the box', () => {
    assert.equal(stateOf(`* thinking\n${BOX}`), 'working')
    assert.equal(stateOf(`* thinking\nis what it says\n${BOX}`), 'idle')
  })

  it('forgets an error from before the last prompt, or from before the turn came to its end', () => {
    assert.equal(stateOf(`> go\nerror 500\n${BOX}`), 'waiting')
    assert.equal(stateOf(`> go\nerror 500\n> again\nfine\n${BOX}`), 'idle')
    assert.equal(stateOf(`> go\nerror 500\ndone\n${BOX}`), 'idle')
  })

  it('reads a title without its variation selectors', () => {
    assert.equal(stateOf(BOX, { title: '\ufe0fbusy\ufe0e x' }), 'working')
  })

  it('says that the program is gone where a shell has the terminal, whatever the screen still shows', () => {
    assert.equal(stateOf(`* thinking\n${BOX}`, { program: 'bash' }), 'exited')
  })

  it('says starting while the screen is empty, and unknown where no rule holds', () => {
    assert.equal(stateOf('$ agent'), 'starting')
    assert.equal(stateOf('one\ntwo\nthree\nfour'), 'unknown')
  })

  it('names the rule and the text that it matched', () => {
    const { source, evidence, reason } = evaluate(screen('Proceed?\n1. yes\nx'), RULES)
    assert.deepEqual([source, evidence, reason], ['screen', 'asks: "Proceed?" in dialog', 'permission'])
  })

  it("knows aider's questions from its prompt and its work", () => {
    const last = (line: string) => {
      assert.ok(aider.activity)
      return evaluate(screen(`a\nb\nc\n${line}`), aider.activity).state
    }
    assert.equal(last('Create new file? (Y)es/(N)o [Yes]: '), 'waiting')
    assert.equal(last('ask> '), 'idle')
    assert.equal(last('Updating repo map: x.py'), 'working')
  })

  it('names what is wrong with a recorded screen', () => {
    assert.throws(() => screenFromCapture({ title: 3 }, 'x.json'), /x\.json: .*screen/)
  })
})
