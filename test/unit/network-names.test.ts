import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { classifyAddress } from '../../src/network/address-class.ts'
import { looksLikeAddress, parseHostName } from '../../src/network/host-name.ts'
import { findRule, formatRule, parseRule } from '../../src/network/rules.ts'
import { decodeRules, encodeRules } from '../../src/network/rules-text.ts'
import { fuzzing } from '../support/fuzz.ts'

const ADDRESSES = [
  ...[
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '0',
    '1.2.3.0x10',
    '127.0.0.1.',
  ],
  ...[
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '[::ffff:7f00:1]',
    'fe80::1%eth0',
    '[fe80::1%25lo]',
    '169.254.169.254',
  ],
]
const NOT_NAMES = [
  ...[
    '',
    '.',
    'example.com.',
    'a..b',
    '.example.com',
    'exa mple.com',
    'example.com\0',
    'example.com\r\n',
    'a/b',
  ],
  ...[
    'user@example.com',
    'exämple.com',
    '-a.com',
    'a-.com',
    'ex*mple.com',
    `${'a'.repeat(64)}.com`,
    '１.com',
  ],
  ...[`${'a.'.repeat(126)}com`, 'example.com:80', 'ﬀ.com', '\u212Aelvin.com'],
]

describe('the names that agents may ask for', () => {
  it('are DNS names in small letters', () => {
    assert.equal(parseHostName('API.Example-1.com'), 'api.example-1.com')
    assert.equal(parseHostName('_dmarc.example.com'), '_dmarc.example.com')
    assert.equal(parseHostName('xn--exmple-cua.com'), 'xn--exmple-cua.com')
  })

  for (const text of [...ADDRESSES, ...NOT_NAMES]) {
    it(`are not ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(parseHostName(text), undefined))
  }

  it('tell an address from another mistake', () => {
    for (const text of ADDRESSES) assert.ok(looksLikeAddress(text), text)
    for (const text of ['exa mple.com', 'exämple.com', '']) assert.ok(!looksLikeAddress(text), text)
  })

  it('are never what a URL parser takes for an address, whatever the text', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.stringMatching(/^[0-9a-fxX.]{1,20}$/),
      fc.string({ unit: 'binary', maxLength: 20 }),
    )
    fc.assert(
      fc.property(text, (candidate) => {
        const name = parseHostName(candidate)
        if (name === undefined) return
        const { hostname } = new URL(`http://${name}/`)
        assert.equal(hostname, name)
        assert.equal(isIP(hostname), 0)
      }),
      fuzzing(2_000),
    )
  })
})

describe('the class of an address', () => {
  const cases: Record<ReturnType<typeof classifyAddress>, string[]> = {
    public: [
      '8.8.8.8',
      '172.32.0.1',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
      '64:ff9b::8.8.8.8',
    ],
    private: [
      ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1', 'fc00::1'],
      ...[
        '::ffff:10.0.0.1',
        '2002:7f00:1::',
        '2001::1',
        '2001:db8::1',
        'fec0::1',
        '::7f00:1',
        '64:ff9b::a00:1',
      ],
    ],
    local: [
      ...[
        '127.0.0.1',
        '127.255.255.254',
        '169.254.169.254',
        '100.100.100.200',
        '::1',
        'fe80::1',
        'fd00:ec2::254',
      ],
      ...['::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::a9fe:a9fe'],
    ],
    never: [
      '0.0.0.0',
      '0.1.2.3',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
      '::',
      'ff02::1',
      'fe80::1%lo',
      'x',
      '',
    ],
  }
  for (const [kind, addresses] of Object.entries(cases)) {
    it(`is ${kind} for ${addresses.slice(0, 3).join(', ')} …`, () => {
      for (const address of addresses) assert.equal(classifyAddress(address), kind, address)
    })
  }

  it('is the same for an IPv4 address and for the IPv6 forms of it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
        const groups = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
        for (const form of [`::ffff:${address}`, `::ffff:${groups}`, `64:ff9b::${groups}`]) {
          assert.equal(classifyAddress(form), classifyAddress(address), form)
        }
      }),
    )
  })

  it('is found for any address and any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.string()), (text) => {
        assert.match(classifyAddress(text), /^(public|private|local|never)$/)
      }),
    )
  })
})

describe('rules', () => {
  it('open port 443 unless they name another', () => {
    assert.deepEqual(parseRule('Example.com'), { host: 'example.com', port: 443 })
    assert.deepEqual(parseRule('example.com:8080'), { host: 'example.com', port: 8080 })
    assert.deepEqual(parseRule('*.example.com'), { host: '*.example.com', port: 443 })
    assert.deepEqual(parseRule('bücher.example'), { host: 'xn--bcher-kva.example', port: 443 })
    assert.deepEqual(parseRule('db.corp:5432=private'), { host: 'db.corp', port: 5432, private: true })
    assert.deepEqual(parseRule('*.corp=private'), { host: '*.corp', port: 443, private: true })
  })

  it('lead to this machine by a name of its own only', () => {
    assert.deepEqual(parseRule('host.agentvm.internal:8080'), {
      ...{ host: 'host.agentvm.internal', port: 8080, private: true },
    })
    assert.throws(() => parseRule('localhost:8080'), /own loopback/)
    assert.throws(() => parseRule('x.localhost'), /own loopback/)
  })

  for (const text of [
    ...[
      '',
      '*',
      '*.com',
      '127.0.0.1',
      '[::1]:80',
      '0x7f.1',
      'a b',
      'a:0',
      'a:65536',
      'a:b',
      'http://a.com',
      'a/b',
    ],
    ...['a.com=public', '*.*.com', 'a.*.com', 'a.com:443:443', '*.127.0.0.1', '@npm'],
  ]) {
    it(`aren’t made of ${JSON.stringify(text)}`, () => assert.throws(() => parseRule(text), { exitCode: 2 }))
  }

  it('match a host, a port, and with a star what lies below, not the name itself', () => {
    const rules = ['example.com', '*.example.com', 'a.example.com:22'].map(parseRule)
    assert.equal(findRule(rules, 'example.com', 443)?.host, 'example.com')
    assert.equal(findRule(rules, 'x.y.example.com', 443)?.host, '*.example.com')
    assert.equal(findRule(rules, 'a.example.com', 22)?.port, 22)
    assert.equal(findRule(rules, 'example.com', 80), undefined)
    assert.equal(findRule(rules, 'notexample.com', 443), undefined)
    assert.equal(findRule(rules.slice(1), 'example.com', 443), undefined)
  })

  it('with a star over it don’t lead to this machine', () => {
    const rules = ['*.internal=private', '*.agentvm.internal=private'].map(parseRule)
    assert.equal(findRule(rules, 'host.agentvm.internal', 443), undefined)
    assert.equal(findRule(rules, 'db.internal', 443)?.host, '*.internal')
  })

  it('come back from their text and from a state file as they were', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const rule = fc.record({
      host: fc.tuple(fc.constantFrom('', '*.'), label, label).map(([star, a, b]) => `${star}${a}.${b}`),
      port: fc.integer({ min: 1, max: 65_535 }),
      private: fc.constantFrom(true, undefined),
    })
    fc.assert(
      fc.property(rule, ({ host, port, private: isPrivate }) => {
        const whole = { host, port, ...(isPrivate ? { private: true } : {}) }
        assert.deepEqual(parseRule(formatRule(whole)), whole)
        const kept = [whole, { ...whole, from: 'profile x y' }]
        assert.deepEqual(decodeRules(encodeRules(kept)), kept)
      }),
    )
  })
})
