import t from 'tap'
import type { SurveyedOwner } from '../../../src/survey/cluster-state.ts'
import { adviceOn, clusterOf, hardHost, templateWith, three, web } from './advice-on.ts'

void t.test('it is said where nobody makes the pods anew, and no command that could not do it is printed', async t => {
  const restart = /rollouts? restart/u
  const cases: readonly { readonly kind: string, readonly holdsBack?: SurveyedOwner['holdsBack'], readonly says?: RegExp, readonly isRestarted: boolean }[] = [
    { kind: 'Deployment', isRestarted: true },
    { kind: 'Deployment', holdsBack: { by: 'paused' }, says: /^it is paused: nobody replaces its pods until it goes on$/u, isRestarted: false },
    { kind: 'Rollout', holdsBack: { by: 'paused' }, says: /^it is paused/u, isRestarted: false },
    { kind: 'StatefulSet', isRestarted: true },
    { kind: 'StatefulSet', holdsBack: { by: 'on-delete' }, says: /OnDelete: delete them, one after another$/u, isRestarted: false },
    { kind: 'StatefulSet', holdsBack: { by: 'partition', below: 2 }, says: /has the partition 2: pods with a lower ordinal stay until that is 0$/u, isRestarted: true },
    { kind: 'ReplicaSet', says: /ReplicaSet of its own: delete them/u, isRestarted: false },
  ]
  for (const { kind, holdsBack, says, isRestarted } of cases) {
    const { matchLabelKeys: _, ...asked } = { ...hardHost }
    const key = { Deployment: 'pod-template-hash', Rollout: 'rollouts-pod-template-hash' }[kind]
    const template = templateWith({ topologySpreadConstraints: [{ ...asked, ...(key !== undefined && { matchLabelKeys: [key] }) }] })
    const more = holdsBack === undefined ? {} : { holdsBack }
    const asks = adviceOn(clusterOf(web(kind, { template, ...more }), ['a', 'a', 'a'], three))
    const lacks = adviceOn(clusterOf(web(kind, more), ['a', 'a', 'a'], three))
    const name = `${kind} ${holdsBack?.by ?? ''}`
    t.strictSame([asks?.change?.kind, lacks?.change?.kind], ['restart', 'patch'], name)
    t.equal(asks?.commands.some(command => restart.test(command)), isRestarted, name)
    for (const { notes } of [asks, lacks].filter(one => one !== undefined)) {
      if (says === undefined) t.notMatch(notes.join('\n'), /nobody|partition/u, name)
      else t.ok(notes.some(note => says.test(note)), `${name}: ${notes.join('; ')}`)
    }
  }
})
