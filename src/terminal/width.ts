const ASCII = /^[\x20-\x7e]*$/
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u
// East Asian wide and fullwidth characters; single wide symbols elsewhere all are emoji.
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2fb}\u{1f200}-\u{1f251}\u{20000}-\u{3fffd}]$/u
// What joins the character before or after it: only where there is such a one, characters and graphemes differ.
const JOINING = /[\p{M}\p{Cf}\u1160-\u11ff\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u

let segmenter: Intl.Segmenter | undefined

/** Terminal columns of one character (code point): 0, 1 or 2. */
export function charWidth(char: string): number {
  if (char < '\u0300') return 1
  if (ZERO.test(char)) return 0
  return WIDE.test(char) ? 2 : 1
}

/** Terminal columns of a text without control characters. An emoji that joins several characters counts as one. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  return graphemes(text).reduce((sum, part) => sum + graphemeWidth(part), 0)
}

/** Cuts a text to at most `width` columns; what is cut ends with `…`. */
export function truncateText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let result = ''
  let used = 1
  for (const part of graphemes(text)) {
    used += graphemeWidth(part)
    if (used > width) break
    result += part
  }
  return width > 0 ? `${result}…` : ''
}

function graphemes(text: string): string[] {
  if (!JOINING.test(text)) return [...text]
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1) return charWidth(grapheme)
  if (grapheme.includes('\ufe0f')) return 2
  return Math.max(...Array.from(grapheme, charWidth))
}
