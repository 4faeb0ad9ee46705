/**
 * A path relative to a workspace, one character a byte (latin1): file names are bytes, and those that aren't UTF-8 must
 * survive. Sorts as bytes do.
 */
export type BytePath = string

/** The bytes of a path. */
export function pathBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1')
}

/** The byte path of a path as text. */
export function bytePath(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** A path as text; bytes that aren't UTF-8 become U+FFFD. */
export function pathText(path: BytePath): string {
  return pathBytes(path).toString('utf8')
}
