import t from 'tap'
import { findingsThat, parseCondition, tellCondition, type Condition } from '../../src/survey/condition.ts'
import { takeSurvey } from '../../src/survey/take-survey.ts'
import { anOwner, aPod, aState } from './state.ts'

void t.test('conditions are read, and told as they were read', async t => {
  const good = { 'shared': { kind: 'shared' }, 'single-node': { kind: 'single-node' }, 'tolerates<12': { kind: 'tolerates', fewerThan: 12 } }
  for (const [text, want] of Object.entries(good)) {
    const condition = parseCondition(text)
    t.strictSame(condition, want)
    t.equal(condition && tellCondition(condition), text)
  }
  const bad = ['', 'Shared', 'tolerates', 'tolerates<', 'tolerates<0', 'tolerates<-1', 'tolerates<1.5', 'tolerates>1', 'tolerates<1 ', 'tolerates<01', 'constructor']
  t.same(bad.filter(text => parseCondition(text) !== undefined), [])
})

void t.test('which workloads meet a condition', async t => {
  const nodes: Readonly<Record<string, readonly (string | undefined)[]>> = {
    together: ['n1', 'n1'], shares: ['n1', 'n1', 'n2'], alone: ['n1'], two: ['n1', 'n2'], three: ['n1', 'n2', 'n3'], waits: [undefined, undefined],
  }
  const owners = Object.keys(nodes).map(name => anOwner('StatefulSet', name))
  const pods = owners.flatMap(owner => (nodes[owner.name] ?? []).map((node, index) => aPod(`${owner.name}-${index}`, owner, node)))
  const survey = takeSurvey(aState({ owners, pods }))
  const names = (condition: Condition) => findingsThat(condition, survey).map(({ workload }) => workload.name).toSorted()
  t.same(names({ kind: 'shared' }), ['shares', 'together'])
  t.same(names({ kind: 'single-node' }), ['together'], 'a single pod can be nowhere else')
  t.same(names({ kind: 'tolerates', fewerThan: 1 }), ['alone', 'together'], 'a single pod survives no loss')
  t.same(names({ kind: 'tolerates', fewerThan: 2 }), ['alone', 'shares', 'together', 'two'])
})
