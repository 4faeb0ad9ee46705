import type { Key } from 'ink'

/** Keys that have a name of their own. */
const NAMES = {
  upArrow: 'up',
  downArrow: 'down',
  pageUp: 'pageup',
  pageDown: 'pagedown',
  home: 'home',
  end: 'end',
  return: 'enter',
  escape: 'escape',
  backspace: 'backspace',
  // What many terminals send for Backspace.
  delete: 'backspace',
} as const satisfies Partial<Record<keyof Key, string>>

/** The keys in what Ink reports at once: the name of a special key, `ctrl-x`, or characters one by one. */
export function keyNames(input: string, key: Partial<Key>): string[] {
  for (const [flag, name] of Object.entries(NAMES)) if (key[flag as keyof typeof NAMES]) return [name]
  if (key.ctrl) return [`ctrl-${input}`]
  if (key.meta || key.tab || key.leftArrow || key.rightArrow) return []
  return [...input].map((char) => (char === '\r' || char === '\n' ? 'enter' : char))
}
