import fc from 'fast-check'
import t from 'tap'
import type { Listed } from '../../../src/placement/distributor/listed.ts'
import { createRivals, findRivals } from '../../../src/placement/status/rivals.ts'
import { deployment } from '../known.ts'
import { listed } from './facts.ts'

const one = (name: string, second = 0, target: object = {}, namespace = 'shop') =>
  listed({ target: { ...deployment, ...target } }, { name, namespace, creationTimestamp: new Date(second * 1000).toISOString() })
const selecting = (matchLabels: object) => ({ podSelector: { matchLabels } })
const all = (...members: readonly Listed[]) => Object.fromEntries([...findRivals(members)].map(([name, rival]) => [name, rival.name]))

void t.test('the first in precedence decides, and the others know it', async t => {
  const x = selecting({ tier: 'x' })
  const cases = [
    { name: 'alone', members: [one('a')], want: {} },
    { name: 'the older', members: [one('a', 2), one('b', 1), one('c', 3)], want: { a: 'b', c: 'b' } },
    { name: 'by name', members: [one('b'), one('a')], want: { b: 'a' } },
    { name: 'the same selector', members: [one('a', 1, x), one('b', 2, x)], want: { b: 'a' } },
    { name: 'another selector', members: [one('a', 1, x), one('b', 2, selecting({ tier: 'y' }))], want: {} },
    { name: 'every pod, older', members: [one('a', 1), one('b', 2, x)], want: { b: 'a' } },
    { name: 'every pod, younger: it has the rest', members: [one('a', 1, x), one('b', 2)], want: {} },
    { name: 'an empty selector selects every pod', members: [one('a', 1, { podSelector: {} }), one('b', 2, x)], want: { b: 'a' } },
    {
      name: 'the same selector in other words', want: { b: 'a' },
      members: [one('a', 1, selecting({ tier: 'x', zone: 'z' })), one('b', 2, {
        podSelector: { matchLabels: { zone: 'z' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['x'] }] },
      })],
    },
  ]
  for (const { name, members, want } of cases) {
    t.same(all(...members), want, name)
    t.same(all(...members.toReversed()), want, name)
  }
})

void t.test('a rival has the same target, in the same namespace', async t => {
  const rivals = createRivals()
  const others = [
    one('first'), one('other-kind', 1, { kind: 'StatefulSet' }), one('other-group', 1, { apiVersion: 'example.com/v1' }), one('other-name', 1, { name: 'db' }),
    one('no-name', 1, { name: undefined }), one('elsewhere', 1, {}, 'staging'), one('no-target', 1, { kind: 7 }),
  ]
  for (const other of others) rivals.put(undefined, other)
  t.same(others.map(other => rivals.of(other)), others.map(() => undefined))
  const late = one('late', 9)
  rivals.put(undefined, late)
  t.equal(rivals.of(late)?.name, 'first')
})

void t.test('tells whose rival changed', async t => {
  const rivals = createRivals()
  const [a, b, c] = [one('a', 1), one('b', 2), one('c', 3)]
  const changed = () => rivals.takeChanged().map(({ name }) => name).toSorted()
  for (const member of [a, b, c]) rivals.put(undefined, member)
  t.same(changed(), ['b', 'c'])
  t.same(changed(), [])
  rivals.put(a, undefined)
  t.equal(rivals.of(c)?.name, 'b', 'known at once')
  t.same(changed(), ['b', 'c'])
  rivals.put(b, one('b', 2, { name: 'db' }))
  t.same(changed(), ['c'])
  t.equal(rivals.of(c), undefined)
})

void t.test('any history leaves what its last state says', async t => {
  const change = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'), second: fc.nat(2), gone: fc.boolean(),
    target: fc.constantFrom({}, { name: 'db' }, selecting({ tier: 'x' }), selecting({ tier: 'y' })),
  })
  fc.assert(fc.property(fc.array(change, { maxLength: 15 }), changes => {
    const rivals = createRivals()
    const last = new Map<string, Listed>()
    for (const { name, second, gone, target } of changes) {
      const after = gone ? undefined : one(name, second, target)
      rivals.put(last.get(name), after)
      if (after === undefined) last.delete(name)
      else last.set(name, after)
    }
    return [...last.values()].every(member => {
      const same = [...last.values()].filter(other => other.target?.name === member.target?.name)
      return rivals.of(member)?.name === findRivals(same).get(member.name)?.name
    })
  }), { numRuns: 300 })
  t.pass('300 histories')
})

void t.test('10,000 in one namespace are no work, all with one target as well', async t => {
  for (const target of [() => ({}), (index: number) => ({ name: `w${index}` })]) {
    const rivals = createRivals()
    const many = Array.from({ length: 10_000 }, (_, index) => ({ ...one('x', 0, target(index)), name: `d${index}`, created: index }))
    const began = performance.now()
    for (const member of many) rivals.put(undefined, member)
    t.equal(rivals.takeChanged().length, many.filter(member => rivals.of(member) !== undefined).length)
    const took = performance.now() - began
    t.ok(took < 2000, `${Math.round(took)} ms, where pairs would take minutes`)
  }
})
