/** Controls, and characters that turn the direction of text. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu

/** A server's text, short and harmless to print. */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll(UNSAFE, ' ').trim().slice(0, 200) : 'without a reason'
}
