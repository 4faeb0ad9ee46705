/** One instruction of classic BPF (`struct sock_filter`). */
export interface Instruction {
  code: number
  /** Instructions to skip if the comparison holds, at most 255. */
  jt: number
  /** Instructions to skip if it doesn't. */
  jf: number
  k: number
}

/** The opcodes that the filter uses, by the names of linux/bpf_common.h. */
export const OPCODE = {
  /** Loads the 32-bit word at offset k of the call's data. */
  load: 0x20,
  /** Ands the loaded word with k. */
  and: 0x54,
  jumpIfEqual: 0x15,
  jumpIfAtLeast: 0x35,
  jumpIfAnyBit: 0x45,
  /** Ends with the action k. */
  return: 0x06,
} as const

/** Where `struct seccomp_data` holds what. */
export const DATA = {
  number: 0,
  arch: 4,
  /** The low 32 bits of an argument: both architectures are little-endian. The kernel ignores the rest of an `int`. */
  argument: (index: number) => 16 + 8 * index,
} as const

/** What happens with a call, by the values of linux/seccomp.h. */
export const ACTION = {
  allow: 0x7fff_0000,
  kill: 0x8000_0000,
  /** The call fails with this error number. */
  fail: (errno: number) => 0x0005_0000 | errno,
} as const

export const load = (offset: number): Instruction => ({ code: OPCODE.load, jt: 0, jf: 0, k: offset })
export const and = (mask: number): Instruction => ({ code: OPCODE.and, jt: 0, jf: 0, k: mask })
export const finish = (action: number): Instruction => ({ code: OPCODE.return, jt: 0, jf: 0, k: action })

/** A comparison with the loaded word. Throws a `RangeError` on a jump that classic BPF can't make. */
export function jump(
  kind: 'jumpIfEqual' | 'jumpIfAtLeast' | 'jumpIfAnyBit',
  k: number,
  jt: number,
  jf: number,
): Instruction {
  if (jt > 255 || jf > 255) throw new RangeError(`a jump over ${Math.max(jt, jf)} instructions`)
  return { code: OPCODE[kind], jt, jf, k }
}

/** A program as the kernel, and bubblewrap's `--seccomp`, reads it. */
export function encodeProgram(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const view = new DataView(bytes.buffer)
  program.forEach(({ code, jt, jf, k }, index) => {
    view.setUint16(index * 8, code, true)
    view.setUint8(index * 8 + 2, jt)
    view.setUint8(index * 8 + 3, jf)
    view.setUint32(index * 8 + 4, k, true)
  })
  return bytes
}
