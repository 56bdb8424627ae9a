import t from 'tap'
import type { ClusterState } from '../../../src/survey/cluster-state.ts'
import type { Advice } from '../../../src/survey/recommend/recommend.ts'
import { aPod, aState } from '../state.ts'
import { adviceOn, capacity, clusterOf, hostname, mixed, templateWith, three, web } from './advice-on.ts'

void t.test('where nodes may be taken away and others not, it is a PodDistributor, if the cluster knows them', async t => {
  const state = clusterOf(web('Deployment'), ['a', 'a', 'a'], mixed)
  const recommendation = adviceOn(state, { targets: [] })
  t.strictSame(recommendation?.change, { kind: 'distributor', object: {
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace: 'shop' },
    spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      distribution: [{ name: 'regular', nodeLabel: { [capacity]: 'on-demand' }, weight: 2 }, { name: 'spot', nodeLabel: { [capacity]: 'spot' }, weight: 1 }],
      spread: [{ maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor' }],
    },
  } })
  t.strictSame(recommendation?.promise, { nodes: { domains: 3, untilNone: 2 } })
  t.equal(recommendation?.commands.length, 2, 'its pods are made anew afterwards')
  const without = adviceOn(state)
  t.equal(without?.change?.kind, 'patch', 'a cluster without the kind')
  t.match(without?.notes.at(-1), /a PodDistributor would divide the pods, but this cluster does not have that kind, or you may not list them$/u)
  t.notMatch(adviceOn(clusterOf(web('Deployment'), ['a', 'a'], three))?.notes.join(), /PodDistributor/u)
})

void t.test('no PodDistributor is recommended that could not be made, or would place nothing', async t => {
  const of = (namespace: string, metadata: object = {}): ClusterState => {
    const template = { ...templateWith(), metadata: { labels: { app: 'web' }, ...metadata } }
    const owner = web('Deployment', { namespace, template })
    const pods = ['a', 'a', 'a'].map((node, index) => aPod(`web-${index}`, owner, node, { namespace, labels: { app: 'web' }, requests: { cpu: 1000 } }))
    return aState({ owners: [owner], nodes: mixed, pods })
  }
  const other = { group: 'apps', kind: 'Deployment', name: 'other' }
  const cases: readonly { readonly name: string, readonly state: ClusterState, readonly more?: Partial<Advice>, readonly says: RegExp }[] = [
    { name: 'kube-system', state: of('kube-system'), says: /alone \(kube-system\)$/u },
    { name: 'where Versprei runs', state: of('versprei-system'), says: /alone \(own-namespace\)$/u },
    { name: 'that is not known', state: of('shop'), more: { own: undefined }, says: /for it runs there, could not be read$/u },
    { name: 'opted out', state: of('shop', { labels: { app: 'web', 'versprei.io/ignore': 'true' } }), says: /alone \(opted-out\)$/u },
    { name: 'a label of ours', state: of('shop', { labels: { app: 'web', 'versprei.io/group': 'spot' } }), says: /alone \(already-labelled\)$/u },
    { name: 'its name is taken', state: of('shop'), more: { targets: [{ namespace: 'shop', name: 'web', target: other }] }, says: /one named web that does not target it$/u },
    { name: 'by an invalid one', state: of('shop'), more: { targets: [{ namespace: 'shop', name: 'web', target: undefined }] }, says: /one named web that does not target it$/u },
    { name: 'one that targets it places nothing here', state: of('kube-system'), more: { targets: [{ namespace: 'kube-system', name: 'web', target: { ...other, name: 'web' } }] }, says: /alone \(kube-system\)$/u },
  ]
  for (const { name, state, more, says } of cases) {
    const recommendation = adviceOn(state, { targets: [], ...more })
    t.equal(recommendation?.change?.kind, 'patch', name)
    t.match(recommendation?.notes.at(-1), says, name)
  }
  const elsewhere = adviceOn(of('shop'), { targets: [{ namespace: 'else', name: 'web', target: other }] })
  t.equal(elsewhere?.change?.kind, 'distributor', 'in another namespace the name is free')
})
