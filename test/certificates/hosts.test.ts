import fc from 'fast-check'
import t from 'tap'
import { parseHosts } from '../../src/certificates/hosts.ts'

const cases = [
  {
    name: 'takes names and addresses, each once, in one written form',
    input: ['localhost', 'Web.Example', 'web.example', '127.0.0.1', '0:0:0:0:0:0:0:1', '::1', '2001:DB8::00a', '*.shop.svc'],
    want: {
      hosts: [
        { kind: 'dns', value: 'localhost' },
        { kind: 'dns', value: 'web.example' },
        { kind: 'ip', value: '127.0.0.1' },
        { kind: 'ip', value: '::1' },
        { kind: 'ip', value: '2001:db8::a' },
        { kind: 'dns', value: '*.shop.svc' }
      ]
    }
  },
  {
    name: 'refuses no host at all',
    input: [],
    want: { mistakes: ['no host is given; a certificate needs at least one DNS name or IP address'] }
  },
  {
    name: 'lists every mistake',
    input: ['', 'a b', 'good', 'https://x', '10.0.0.256', 'a..b', '-a', 'x.', 'fe80::1%eth0', '*', `${'a'.repeat(64)}.x`, 'a.'.repeat(130)],
    want: {
      mistakes: [
        'a host name is empty; give a DNS name or an IP address',
        '"a b" is neither a DNS name nor an IP address',
        '"https://x" is neither a DNS name nor an IP address',
        '"10.0.0.256" is neither a DNS name nor an IP address',
        '"a..b" is neither a DNS name nor an IP address',
        '"-a" is neither a DNS name nor an IP address',
        '"x." is neither a DNS name nor an IP address',
        '"fe80::1%eth0" has a zone; a certificate holds the bare address',
        '"*" is neither a DNS name nor an IP address',
        `"${'a'.repeat(64)}.x" is neither a DNS name nor an IP address`,
        `"${'a.'.repeat(20)}…" is longer than the 253 characters of a DNS name`
      ]
    }
  }
]

for (const { name, input, want } of cases) {
  void t.test(name, async t => {
    t.strictSame(parseHosts(input), want)
  })
}

void t.test('takes every address, and takes what it gave unchanged', async t => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), address => {
      const [host] = parseHosts([address]).hosts ?? []
      return host?.kind === 'ip' && parseHosts([host.value]).hosts?.[0]?.value === host.value
    })
  )
  t.pass()
})
