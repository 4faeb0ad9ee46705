import { ACTION, and, DATA, encodeProgram, finish, type Instruction, jump, load } from './bpf.ts'
import {
  type ArgumentRule,
  type ArgumentTest,
  BY_ARGUMENTS,
  type Clause,
  ERRNO,
  REFUSED,
  type Verdict,
} from './rules.ts'
import {
  type Architecture,
  AUDIT_ARCH,
  FIRST_X32,
  LAST_KNOWN,
  type Syscall,
  syscallNumber,
} from './syscalls.ts'

/** The architectures that a filter can be made for. */
export function hasFilter(arch: string): arch is Architecture {
  return arch in AUDIT_ARCH
}

/** By architecture: it is the same for every agent of a swarm. */
const filters = new Map<Architecture, Uint8Array>()

/** The filter for an architecture, as bubblewrap takes it. */
export function seccompFilter(arch: Architecture): Uint8Array {
  const filter = filters.get(arch) ?? encodeProgram(seccompProgram(arch))
  filters.set(arch, filter)
  return filter
}

/**
 * The filter as instructions. A call of another architecture ends the process: the numbers would mean other calls.
 * Then the calls that are refused in any form, then those whose arguments decide.
 */
export function seccompProgram(arch: Architecture): Instruction[] {
  return [
    load(DATA.arch),
    jump('jumpIfEqual', AUDIT_ARCH[arch], 1, 0),
    finish(ACTION.kill),
    load(DATA.number),
    ...(arch === 'x64' ? atLeast(FIRST_X32, 'ENOSYS') : []),
    ...atLeast(LAST_KNOWN + 1, 'ENOSYS'),
    ...Object.entries(REFUSED).flatMap(([verdict, calls]) => refuseAll(calls, verdict as Verdict, arch)),
    ...BY_ARGUMENTS.flatMap((rule) => byArguments(rule, arch)),
    finish(ACTION.allow),
  ]
}

function atLeast(number: number, verdict: Verdict): Instruction[] {
  return [jump('jumpIfAtLeast', number, 0, 1), finish(action(verdict))]
}

/** One comparison for each call, and one end for all of them. */
function refuseAll(calls: readonly Syscall[], verdict: Verdict, arch: Architecture): Instruction[] {
  const numbers = calls.flatMap((name) => syscallNumber(name, arch) ?? [])
  const comparisons = numbers.map((number, index) => {
    const after = numbers.length - 1 - index
    return jump('jumpIfEqual', number, after, after === 0 ? 1 : 0)
  })
  return [...comparisons, finish(action(verdict))]
}

function byArguments({ syscall, clauses, otherwise }: ArgumentRule, arch: Architecture): Instruction[] {
  const number = syscallNumber(syscall, arch)
  if (number === undefined) return []
  const body = [...clauses.flatMap(clause), finish(action(otherwise))]
  return [jump('jumpIfEqual', number, 0, body.length), ...body]
}

/** Tests one after the other; the first that fails jumps behind the clause. Built from its end, where the jumps lead to. */
function clause({ when, verdict }: Clause): Instruction[] {
  const built = [finish(action(verdict))]
  for (const test of when.toReversed()) built.unshift(...testArgument(test, built.length))
  return built
}

/** Goes on behind itself if the test holds, else skips `rest` instructions more. */
function testArgument({ arg, mask, is }: ArgumentTest, rest: number): Instruction[] {
  const fetched = [load(DATA.argument(arg)), ...(mask === undefined ? [] : [and(mask)])]
  if ('anyBit' in is) return [...fetched, jump('jumpIfAnyBit', is.anyBit, 0, rest)]
  const comparisons = is.oneOf.map((value, index) => {
    const after = is.oneOf.length - 1 - index
    return jump('jumpIfEqual', value, after, after === 0 ? rest : 0)
  })
  return [...fetched, ...comparisons]
}

function action(verdict: Verdict): number {
  return verdict === 'allow' ? ACTION.allow : ACTION.fail(ERRNO[verdict])
}
