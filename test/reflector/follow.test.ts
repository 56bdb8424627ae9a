import t from 'tap'
import { tellingMistakes } from '../../src/cluster/follow.ts'
import { createDistributors } from '../../src/placement/distributor/distributors.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { twins } from '../cli/serve/twins.ts'

void t.test('a distributor\'s mistakes are logged once, and again when they are others or come back', async t => {
  const told: string[] = []
  const known = createDistributors()
  const consumer = tellingMistakes(known, {
    warn: (fields: unknown) => { told.push(JSON.stringify(fields)) },
  })
  const invalid = listDistributor(twins)
  const [first, second] = twins.spec.distribution
  const valid = listDistributor({ ...twins, spec: { ...twins.spec, distribution: [first] } })
  const other = listDistributor({ ...twins, spec: { ...twins.spec, distribution: [{ ...first, weight: -1 }, second] } })
  const counts = [
    { name: 'found', act: () => consumer.replace([invalid]), want: 1 },
    { name: 'found again', act: () => consumer.replace([invalid]), want: 1 },
    { name: 'another status', act: () => consumer.apply(invalid), want: 1 },
    { name: 'other mistakes', act: () => consumer.apply(other), want: 2 },
    { name: 'mended', act: () => consumer.apply(valid), want: 2 },
    { name: 'broken again', act: () => consumer.apply(invalid), want: 3 },
    { name: 'gone', act: () => consumer.remove({ namespace: 'shop', name: 'twins', uid: 't' }), want: 3 },
    { name: 'there again', act: () => consumer.apply(invalid), want: 4 },
    { name: 'gone while nobody watched', act: () => consumer.replace([]), want: 4 },
    { name: 'and there again', act: () => consumer.replace([invalid]), want: 5 },
  ]
  for (const { name, act, want } of counts) {
    act()
    t.equal(told.length, want, name)
  }
  t.match(JSON.parse(told[0] ?? ''), { namespace: 'shop', name: 'twins', mistakes: [{ path: /^spec/, message: /\S/ }] })
  t.same([...known.all()].map(({ name }) => name), ['twins'], 'and what is known is kept')
})
