import assert from 'node:assert/strict'
import { ACTION, encodeProgram } from '../../sandbox/bwrap/src/seccomp/bpf.ts'
import { seccompProgram } from '../../sandbox/bwrap/src/seccomp/filter.ts'
import { ERRNO, REFUSED } from '../../sandbox/bwrap/src/seccomp/rules.ts'
import {
  type Architecture,
  AUDIT_ARCH,
  LAST_KNOWN,
  type Syscall,
  syscallNumber,
} from '../../sandbox/bwrap/src/seccomp/syscalls.ts'
import { runFilter } from '../support/bpf.ts'

const I386 = 0x4000_0003
const ARM = 0x4000_0028

for (const arch of ['x64', 'arm64'] as const satisfies Architecture[]) {
  const program = seccompProgram(arch)
  const byNumber = (number: number, ...args: (number | bigint)[]) =>
    nameOf(runFilter(program, { arch: AUDIT_ARCH[arch], number, args }))
  /** What a call gets; the rules' own `allow` where the architecture doesn't have it. */
  const call = (name: Syscall, ...args: (number | bigint)[]) => byNumber(numberOf(name), ...args)
  const numberOf = (name: Syscall) => {
    const number = syscallNumber(name, arch)
    assert.ok(number !== undefined, `${name} on ${arch}`)
    return number
  }
  const onlyOnX64: Syscall[] = arch === 'x64' ? ['open', 'creat', 'chmod', 'mknod'] : []

  describe(`the system call filter for ${arch}`, () => {
    it('is a program that the kernel takes: short, each jump within it, each path with an end', () => {
      assert.ok(program.length < 4096)
      assert.equal(encodeProgram(program).length, program.length * 8)
      for (const [index, { jt, jf }] of program.entries()) {
        assert.ok(index + 1 + Math.max(jt, jf) <= program.length - 1 || program[index]?.code === 0x06)
      }
      for (let number = 0; number < 600; number += 1) byNumber(number)
    })

    it('ends a process that calls as another architecture', () => {
      for (const other of [I386, ARM, 0, AUDIT_ARCH[arch === 'x64' ? 'arm64' : 'x64']]) {
        assert.equal(nameOf(runFilter(program, { arch: other, number: 1 })), 'kill')
      }
    })

    it('knows no call that is newer than its rules, and none of the x32 ABI', () => {
      assert.equal(byNumber(LAST_KNOWN), 'allow')
      for (const number of [LAST_KNOWN + 1, 467, 512, 547, 0x4000_0000, 0x4000_0001, 0xffff_ffff]) {
        assert.equal(byNumber(number), 'ENOSYS', String(number))
      }
    })

    for (const [verdict, names] of Object.entries(REFUSED)) {
      it(`answers ${verdict} to ${names.length} calls whatever their arguments`, () => {
        for (const name of names) {
          const number = syscallNumber(name, arch)
          if (number === undefined) continue
          assert.equal(byNumber(number), verdict, name)
          assert.equal(byNumber(number, -1, -1, -1, -1, -1, -1), verdict, name)
        }
      })
    }

    it('lets programs do what they always do', () => {
      const usual =
        arch === 'x64'
          ? { read: 0, write: 1, mmap: 9, fork: 57, execve: 59, wait4: 61, futex: 202, prctl: 157, kill: 62 }
          : { read: 63, write: 64, mmap: 222, execve: 221, wait4: 260, futex: 98, prctl: 167, kill: 129 }
      for (const [name, number] of Object.entries(usual)) assert.equal(byNumber(number), 'allow', name)
    })

    it('refuses each new namespace, alone and among other flags, and lets threads and processes be', () => {
      const namespaces = [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]
      for (const flag of namespaces) {
        assert.equal(call('clone', flag | 17), 'EPERM', flag.toString(16))
        assert.equal(call('clone', flag | 0x3d_0f00), 'EPERM', flag.toString(16))
        assert.equal(call('unshare', flag), 'EPERM', flag.toString(16))
        assert.equal(call('unshare', (1n << 40n) | BigInt(flag)), 'EPERM', flag.toString(16))
      }
      assert.equal(call('unshare', 0x80), 'EPERM')
      assert.equal(call('clone', 17), 'allow')
      assert.equal(call('clone', 0x3d_0f00), 'allow')
      assert.equal(call('unshare', 0x400), 'allow')
    })

    it('refuses to type into the terminal, also with something in the high half of the request', () => {
      for (const request of [0x5412, 0x541c, 0x5423, 0x541d]) {
        assert.equal(call('ioctl', 0, request), 'EPERM')
        assert.equal(call('ioctl', 0, (0xdead_beefn << 32n) | BigInt(request)), 'EPERM')
      }
      for (const request of [0x5401, 0x5413, 0x5414, 0x541b, 0x5421]) {
        assert.equal(call('ioctl', 0, request), 'allow')
      }
      assert.equal(call('ioctl', 0x5412, 0x5401, 0x5412), 'allow')
    })

    it('gives local, TCP, UDP and ping sockets and the list of interfaces, nothing else', () => {
      const stream = 1
      const dgram = 2
      const flags = 0o2004000
      assert.equal(call('socket', 1, stream), 'allow')
      assert.equal(call('socket', 1, dgram | flags, 0), 'allow')
      for (const family of [2, 10]) {
        for (const type of [stream, dgram, stream | flags, dgram | flags]) {
          for (const protocol of [0, 1, 6, 17, 58]) {
            assert.equal(call('socket', family, type, protocol), 'allow')
          }
          for (const protocol of [33, 132, 255, 256, 262]) {
            assert.equal(call('socket', family, type, protocol), 'EPROTONOSUPPORT')
          }
        }
        for (const type of [3, 4, 5, 6, 10, 3 | flags]) {
          for (const protocol of [0, 1, 6, 255]) assert.equal(call('socket', family, type, protocol), 'EPERM')
        }
      }
      assert.equal(call('socket', 16, 3 | flags, 0), 'allow')
      for (const protocol of [4, 6, 9, 12, 15, 16]) {
        assert.equal(call('socket', 16, 3, protocol), 'EPROTONOSUPPORT')
      }
      // Packet, key, Bluetooth, TIPC, CAN, ALG, vsock, XDP and one that doesn't exist.
      for (const family of [0, 17, 15, 31, 30, 29, 38, 40, 44, 99]) {
        assert.equal(call('socket', family, stream, 0), 'EAFNOSUPPORT', String(family))
        assert.equal(call('socketpair', family, stream, 0), 'EAFNOSUPPORT', String(family))
      }
      assert.equal(call('socketpair', 1, stream, 0), 'allow')
    })

    it('gives no file the rights of its owner or group', () => {
      for (const mode of [0o4755, 0o2755, 0o6755, 0o7777]) {
        assert.equal(call('fchmod', 3, mode), 'EPERM')
        assert.equal(call('fchmodat', 3, 0, mode), 'EPERM')
        assert.equal(call('fchmodat2', 3, 0, mode, 0), 'EPERM')
        assert.equal(call('mknodat', 3, 0, mode, 0), 'EPERM')
        assert.equal(call('openat', 3, 0, 0o101, mode), 'EPERM')
        assert.equal(call('openat', 3, 0, 0o20200001, mode), 'EPERM')
        for (const name of onlyOnX64.filter((one) => one !== 'open'))
          assert.equal(call(name, 0, mode), 'EPERM')
        if (arch === 'x64') assert.equal(call('open', 0, 0o1101, mode), 'EPERM')
      }
      for (const mode of [0o755, 0o1777, 0o100644]) {
        assert.equal(call('fchmod', 3, mode), 'allow')
        assert.equal(call('fchmodat', 3, 0, mode), 'allow')
        assert.equal(call('openat', 3, 0, 0o101, mode), 'allow')
        for (const name of onlyOnX64) assert.equal(call(name, 0, mode), 'allow')
      }
      assert.equal(call('openat', 3, 0, 0o200000, 0o7777), 'allow', 'a mode that is not heeded')
    })

    it('gives the usual personalities only', () => {
      for (const usual of [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff]) {
        assert.equal(call('personality', usual), 'allow')
      }
      for (const odd of [0x4_0000, 0x10_0000, 0x40_0000, 1, 0x2_0001]) {
        assert.equal(call('personality', odd), 'EPERM')
      }
    })
  })
}

function nameOf(answer: number): string {
  if (answer === ACTION.allow) return 'allow'
  if (answer === ACTION.kill) return 'kill'
  const found = Object.entries(ERRNO).find(([, errno]) => answer === ACTION.fail(errno))
  return found?.[0] ?? answer.toString(16)
}
