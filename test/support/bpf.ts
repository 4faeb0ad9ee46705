import { DATA, type Instruction, OPCODE } from '../../sandbox/bwrap/src/seccomp/bpf.ts'

/** One system call as a filter sees it. */
export interface Call {
  arch: number
  number: number
  /** Up to six arguments; the high 32 bits count for nothing, as in the kernel. */
  args?: (number | bigint)[]
}

/** What a filter answers, by a plain interpreter of classic BPF. Throws on a program that the kernel would refuse. */
export function runFilter(program: readonly Instruction[], { arch, number, args = [] }: Call): number {
  const data = new DataView(new ArrayBuffer(64))
  data.setUint32(DATA.number, number, true)
  data.setUint32(DATA.arch, arch, true)
  args.forEach((value, index) => {
    data.setBigUint64(DATA.argument(index), BigInt.asUintN(64, BigInt(value)), true)
  })
  let word = 0
  for (let at = 0; at < program.length; at += 1) {
    const { code, jt, jf, k } = program[at] as Instruction
    if (code === OPCODE.return) return k
    if (code === OPCODE.load) word = data.getUint32(k, true)
    else if (code === OPCODE.and) word = (word & k) >>> 0
    else if (code === OPCODE.jumpIfEqual) at += word === k ? jt : jf
    else if (code === OPCODE.jumpIfAtLeast) at += word >= k ? jt : jf
    else if (code === OPCODE.jumpIfAnyBit) at += (word & k) !== 0 ? jt : jf
    else throw new Error(`instruction ${at}: unknown code ${code}`)
  }
  throw new Error('the program runs out of its end')
}
