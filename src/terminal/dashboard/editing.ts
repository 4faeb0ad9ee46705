/** A line of text after a key: a character is added; Backspace, Ctrl-W and Ctrl-U take one, a word, all. */
export function editedLine(text: string, key: string): string {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  if (key === 'ctrl-w') return text.replace(/\S*\s*$/, '')
  return [...key].length === 1 ? text + key : text
}

/** Where a key moves the selection to among `count` rows, perhaps beyond their ends; undefined if it doesn't move. */
export function movedIndex(key: string, index: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'up':
    case 'k':
      return index - 1
    case 'down':
    case 'j':
      return index + 1
    case 'pageup':
      return index - page
    case 'pagedown':
      return index + page
    case 'home':
    case 'g':
      return 0
    case 'end':
    case 'G':
      return count - 1
    default:
      return undefined
  }
}
