import fc from 'fast-check'
import { nasty } from './fuzz.ts'

/** What becomes of a file's content. */
export interface Damage {
  what: string
  of: (content: Buffer) => Buffer
}

const nothing = fc.constant<Damage>({ what: 'nothing is left', of: () => Buffer.alloc(0) })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const at = (content: Buffer, part: number) => Math.floor(part * content.length)

const cut = share.map(
  (part): Damage => ({
    what: `cut off at ${part}`,
    of: (content) => content.subarray(0, at(content, part)),
  }),
)

/** Bytes put in the place of others, or between them. */
const patched = fc
  .tuple(
    share,
    fc.oneof(
      nasty.map((text) => Buffer.from(text)),
      fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    ),
    fc.nat({ max: 40 }),
  )
  .map(
    ([part, bytes, removed]): Damage => ({
      what: `${JSON.stringify(bytes.toString('latin1').slice(0, 200))} in the place of ${removed} bytes at ${part}`,
      of: (content) =>
        Buffer.concat([
          content.subarray(0, at(content, part)),
          bytes,
          content.subarray(at(content, part) + removed),
        ]),
    }),
  )

const replaced = fc
  .oneof(
    nasty.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .constantFrom('null', '[]', '{}', '0', '""', 'null\n', '[null]', `${'['.repeat(50_000)}`)
      .map((text) => Buffer.from(text)),
  )
  .map(
    (bytes): Damage => ({
      what: `all of it is ${JSON.stringify(bytes.toString('latin1').slice(0, 300))}`,
      of: () => bytes,
    }),
  )

const encoded = fc
  .constantFrom<[string, (text: Buffer) => Buffer]>(
    ['UTF-16', (text) => Buffer.from(`\ufeff${text.toString('utf8')}`, 'utf16le')],
    ['a byte order mark first', (text) => Buffer.concat([Buffer.from('\ufeff'), text])],
    [
      'ends of lines as on DOS',
      (text) => Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
    ],
    [
      'its lines the other way round',
      (text) => Buffer.from(text.toString('latin1').split('\n').reverse().join('\n'), 'latin1'),
    ],
    ['all of it twice', (text) => Buffer.concat([text, text])],
    ['a megabyte of it', (text) => Buffer.alloc(1 << 20, text.length > 0 ? text : 'x')],
    ['a megabyte without a newline after it', (text) => Buffer.concat([text, Buffer.alloc(1 << 20, 'x')])],
    ['zeros', (text) => Buffer.alloc(text.length)],
  )
  .map(([what, of]): Damage => ({ what, of }))

/** A value in JSON, or of a line `KEY=value`, that is another one. */
const otherValue = fc
  .tuple(
    fc.nat(),
    fc.oneof(
      fc.jsonValue(),
      nasty,
      fc.constantFrom('', '../..', '/', -1, 1e308, 8.64e15, '+275760-09-13T00:00:00Z', null),
    ),
  )
  .map(
    ([which, value]): Damage => ({
      what: `value ${which} is ${JSON.stringify(value).slice(0, 300)}`,
      of: (content) => withOtherValue(content.toString('utf8'), which, value),
    }),
  )

function withOtherValue(text: string, which: number, value: unknown): Buffer {
  // Strings, numbers and words of JSON that are values, and what stands behind the `=` of a line.
  const places = [
    ...text.matchAll(/(?<=:\s*)(?:"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null)|(?<=^[A-Z_]+=).*$/gm),
  ]
  const place = places[which % Math.max(places.length, 1)]
  if (!place) return Buffer.from(JSON.stringify(value))
  const plain = text[place.index - 1] === '='
  const written = plain && typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return Buffer.from(text.slice(0, place.index) + written + text.slice(place.index + place[0].length))
}

/** Anything that can become of a file: by a crash, a full disk, another program, or somebody's editor. */
export const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 1, arbitrary: nothing },
  { weight: 3, arbitrary: cut },
  { weight: 4, arbitrary: patched },
  { weight: 4, arbitrary: replaced },
  { weight: 2, arbitrary: encoded },
  { weight: 8, arbitrary: otherValue },
)
