import t from 'tap'
import type { Json } from '../../placement/known.ts'
import { distributor, explained, placedPod, podOf } from './facts.ts'

const deployment = (name?: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', ...name === undefined ? {} : { name } })
const old = '2025-01-01T00:00:00Z'

const rivals: readonly { readonly name: string, readonly other: Json, readonly want: readonly Json[] }[] = [
  { name: 'one without a name', other: distributor({ target: deployment() }, { name: 'all', creationTimestamp: old }), want: [
    { name: 'all', target: 'Deployment/*', why: 'web names the workload' },
  ] },
  { name: 'a younger one', other: distributor({}, { name: 'new', creationTimestamp: '2026-02-01T00:00:00Z' }), want: [
    { name: 'new', target: 'Deployment/web', why: 'web is older' },
  ] },
  { name: 'one as old', other: distributor({}, { name: 'xx' }), want: [
    { name: 'xx', target: 'Deployment/web', why: 'web is as old, and comes first by name' },
  ] },
  { name: 'one for another workload', other: distributor({ target: deployment('db') }, { name: 'db' }), want: [] },
]

void t.test('others that target the pod are told with why they do not decide', async t => {
  for (const { name, other, want } of rivals) {
    t.strictSame(explained(placedPod('type-spot', 2), { distributors: [other, distributor()] }).beside, want, name)
  }
})

const misses: readonly { readonly name: string, readonly spec: Json, readonly why: string | RegExp }[] = [
  { name: 'another name', spec: { target: deployment('db') }, why: 'it targets Deployment/db, not Deployment/web' },
  {
    name: 'another kind', spec: { target: { ...deployment('web'), kind: 'StatefulSet' } },
    why: 'it targets StatefulSet/web; the pod\'s workloads are ReplicaSet/web-5d4f, Deployment/web',
  },
  {
    name: 'another API group', spec: { target: { ...deployment('web'), apiVersion: 'example.com/v1' } },
    why: 'it targets the API group example.com, not apps',
  },
  {
    name: 'a podSelector', spec: { target: { ...deployment('web'), podSelector: { matchLabels: { tier: 'x' } } } },
    why: 'its podSelector does not select the pod',
  },
  { name: 'a target that cannot be told', spec: { target: 7 }, why: /^its target cannot be told: spec.target/ },
]

void t.test('where no distributor targets the pod, those that there are say why not', async t => {
  for (const { name, spec, why } of misses) {
    const { verdict, beside } = explained(podOf(), { distributors: [distributor(spec)] })
    t.match(verdict, { kind: 'left-alone', reason: 'no-distributor' }, name)
    t.match(beside, [{ name: 'web', why }], name)
  }
})

void t.test('the nearest of them comes first', async t => {
  const far = { target: { apiVersion: 'batch/v1', kind: 'Job', name: 'x' } }
  const distributors = [
    distributor(far, { name: 'a' }), distributor({ target: deployment('db') }, { name: 'b' }),
    distributor({ target: { ...deployment('web'), kind: 'StatefulSet' } }, { name: 'c' }),
  ]
  t.strictSame(explained(podOf(), { distributors }).beside.map(({ name }) => name), ['c', 'b', 'a'])
})
