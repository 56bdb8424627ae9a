import fc from 'fast-check'
import t from 'tap'
import { createDistributors, type Distributors } from '../../../src/placement/distributor/distributors.ts'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { deployment, regular, written } from '../known.ts'

const web = [{ group: 'apps', kind: 'ReplicaSet', name: 'web-1' }, { group: 'apps', kind: 'Deployment', name: 'web' }]
const list = (name: string, spec = {}, second = 0) =>
  listDistributor(written(spec, { name, creationTimestamp: new Date(second * 1000).toISOString() }))
const unnamed = { target: { apiVersion: 'apps/v1', kind: 'Deployment' } }
const selecting = (matchLabels: unknown) => ({ target: { ...deployment, podSelector: { matchLabels } } })

function holding(...all: readonly ReturnType<typeof list>[]): Distributors {
  const distributors = createDistributors()
  for (const one of all) distributors.apply(one)
  return distributors
}

void t.test('named before unnamed, then the older, then by name', async t => {
  const cases = [
    { name: 'named', all: [list('a', unnamed), list('b', {}, 9)], want: 'b' },
    { name: 'older', all: [list('a', {}, 2), list('b', {}, 1)], want: 'b' },
    {
      name: 'older, whatever the workload it names',
      all: [list('a', { target: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1' } }, 2), list('b', {}, 1)], want: 'b',
    },
    { name: 'by name', all: [list('b'), list('a')], want: 'a' },
    { name: 'unnamed', all: [list('b', unnamed), list('c', unnamed)], want: 'b' },
    { name: 'an invalid one has its age, too', all: [list('a', { distribution: [] }, 2), list('b', {}, 1)], want: 'b' },
    { name: 'an invalid one that is first keeps its pods', all: [list('a', { distribution: [] }, 1), list('b', {}, 2)], want: 'a' },
    { name: 'podSelector', all: [list('a', selecting({ tier: 'x' })), list('b', selecting({ tier: 'y' }), 5)], want: 'b' },
    {
      name: 'podSelector of an invalid one', all: [list('a', { ...selecting({ tier: 'x' }), distribution: [] }), list('b', {}, 5)],
      want: 'b',
    },
    { name: 'nothing selected', all: [list('a', selecting({ constructor: 'x' }))], want: undefined },
    { name: 'another API version of the group', all: [list('a', { target: { ...deployment, apiVersion: 'apps/v1beta2' } })], want: 'a' },
    { name: 'another group', all: [list('a', { target: { ...deployment, apiVersion: 'example.com/v1' } })], want: undefined },
  ]
  for (const { name, all, want } of cases) {
    for (const order of [all, all.toReversed()]) t.equal(holding(...order).find('shop', web, { tier: 'y' })?.name, want, name)
  }
  t.equal(holding(list('a')).find('other', web, {}), undefined, 'in its namespace alone')
})

void t.test('podSelector is a LabelSelector', async t => {
  const of = (matchExpressions: unknown) => holding(list(
    'a', { target: { ...deployment, podSelector: { matchLabels: { tier: 'y' }, matchExpressions } } }
  ))
  t.ok(of([{ key: 'canary', operator: 'DoesNotExist' }]).find('shop', web, { tier: 'y' }))
  t.notOk(of([{ key: 'tier', operator: 'NotIn', values: ['y'] }]).find('shop', web, { tier: 'y' }))
})

void t.test('any history leaves what its last state says', async t => {
  const one = fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c'), second: fc.nat(2),
      spec: fc.constantFrom({}, unnamed, { distribution: [] }, selecting({ tier: 'y' })),
    }
  )
    .map(({ name, second, spec }) => list(name, spec, second))
  const change = fc.oneof(one, one, fc.constantFrom('a', 'b', 'c'), fc.uniqueArray(one, { selector: ({ name }) => name }))
  fc.assert(fc.property(fc.array(change, { maxLength: 12 }), changes => {
    const distributors = createDistributors()
    const last = new Map<string, ReturnType<typeof list>>()
    for (const event of changes) {
      if (typeof event === 'string') {
        distributors.remove('shop', event)
        last.delete(event)
      } else if ('name' in event) {
        distributors.apply(event)
        last.set(event.name, event)
      } else {
        distributors.replace(event)
        last.clear()
        for (const listed of event) last.set(listed.name, listed)
      }
    }
    const found = [{}, { tier: 'y' }].map(labels => distributors.find('shop', web, labels)?.name)
    const names = [...distributors.all()].map(({ name }) => name).toSorted()
    const rebuilt = holding(...last.values())
    return JSON.stringify([found, names]) === JSON.stringify(
      [[{}, { tier: 'y' }].map(labels => rebuilt.find('shop', web, labels)?.name), [...last.keys()].toSorted()]
    )
  }), { numRuns: 500 })
  t.pass('500 histories')
})

void t.test('what says the same keeps its plan, and what is known by it', async t => {
  const distributors = holding(list('a'))
  const before = distributors.find('shop', web, {})
  distributors.apply(list('a'))
  distributors.replace([list('a')])
  t.equal(distributors.find('shop', web, {}), before)
  distributors.apply(list('a', { distribution: [regular] }))
  t.not(distributors.find('shop', web, {}), before)
})
