import t from 'tap'
import { isDue, isGood } from '../../src/certificates/life.ts'

const life = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2026-01-31T00:00:00Z') }

const cases = [
  { name: 'before it begins: due, not good', input: '2025-12-31T23:59:59Z', want: { due: true, good: false } },
  { name: 'new: good', input: '2026-01-01T00:00:00Z', want: { due: false, good: true } },
  { name: 'a moment before two thirds: not due', input: '2026-01-20T23:59:59Z', want: { due: false, good: true } },
  { name: 'at two thirds: due', input: '2026-01-21T00:00:00Z', want: { due: true, good: true } },
  { name: 'at its last moment: good', input: '2026-01-31T00:00:00Z', want: { due: true, good: true } },
  { name: 'ended: not good', input: '2026-01-31T00:00:01Z', want: { due: true, good: false } }
]

for (const { name, input, want } of cases) {
  void t.test(name, async t => {
    const now = new Date(input)
    t.strictSame({ due: isDue(life, now), good: isGood(life, now) }, want)
  })
}
