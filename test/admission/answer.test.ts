import fc from 'fast-check'
import t from 'tap'
import { answer } from '../../src/admission/answer.ts'
import { skip } from '../../src/placement/scope.ts'

const warningOf = (text: string): string => answer('a', skip('malformed', text)).response.warnings?.[0] ?? ''

const cases = [
  { name: 'a short one is whole', text: 'x', want: 'versprei: x' },
  { name: '256 characters are whole', text: 'x'.repeat(246), want: `versprei: ${'x'.repeat(246)}` },
  { name: '257 characters are cut', text: 'x'.repeat(247), want: `versprei: ${'x'.repeat(245)}…` },
  { name: 'a character of two units is not cut in half', text: `${'x'.repeat(244)}😀${'x'.repeat(9)}`, want: `versprei: ${'x'.repeat(244)}…` },
  { name: 'control characters, for which the API server would drop it, are spaces', text: 'a\r\nb\tc', want: 'versprei: a b c' },
]
for (const { name, text, want } of cases) void t.test(`warning: ${name}`, async t => t.equal(warningOf(text), want))

void t.test('any warning is at most 256 characters, whole and printable', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
    const warning = warningOf(text)
    return warning.length <= 256 && warning.isWellFormed() && !/\p{Cc}/u.test(warning)
  }))
})

void t.test('a patch keeps every character', async t => {
  const patch = [{ op: 'add', path: '/metadata/labels/versprei.io~1group', value: 'größe-😀' }] as const
  const { response } = answer('a', { kind: 'place', distributor: 'web', group: 'g', seat: 0, patch })
  t.same(Object.keys(response), ['uid', 'allowed', 'patchType', 'patch'])
  t.same(JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()), patch)
})

void t.test('a patch keeps every character, whatever its alphabet', async t => {
  const value = 'é € 😀 \u007F \u2028 "\\ ~'
  const { response } = answer('u', { kind: 'place', distributor: 'web', group: 'a', seat: 0, patch: [{ op: 'add', path: '/x', value }] })
  t.strictSame(JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()), [{ op: 'add', path: '/x', value }])
})
