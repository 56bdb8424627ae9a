import t from 'tap'
import { parseNamespaceSelector } from '../../src/cli/namespace-selector.ts'
import { decide } from '../../src/placement/decide.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'
import { parseReview } from '../../src/admission/review.ts'

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']
/** As it comes: JSON.parse makes an own key of `__proto__`, a literal would not. */
const json = (text: string, name: string): unknown => JSON.parse(text.replaceAll('NAME', name))

const distributor = '{"apiVersion":"versprei.versprei.io/v1beta1","kind":"PodDistributor","metadata":{"name":"web","namespace":"shop","uid":"d"},'
  + '"spec":{"target":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"distribution":[{"nodeLabel":{"example.com/a":"b"},"weight":1}],"spread":[]}}'
const review = '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","NAME":{"polluted":1},"request":{"uid":"NAME","NAME":{"polluted":1},'
  + '"kind":{"group":"","version":"v1","kind":"Pod"},"namespace":"shop","operation":"CREATE","object":{"NAME":{"polluted":1},"metadata":{'
  + '"labels":{"NAME":"a","pod-template-hash":"5d4f"},"annotations":{"NAME":"a"},'
  + '"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4f","uid":"NAME","controller":true}]},'
  + '"spec":{"NAME":{"polluted":1},"nodeSelector":{"NAME":"a"},"containers":[]}}}}'

for (const name of names) {
  void t.test(`${name} is a key and a uid as any other: nothing is inherited, and no prototype changes`, async t => {
    const before = Object.getOwnPropertyNames(Object.prototype).toSorted()
    const knowledge = createKnowledge('versprei-system')
    knowledge.distributors.replace([listDistributor(json(distributor, name))])
    const parsed = parseReview(json(review, name))
    if ('wrong' in parsed) throw new Error(parsed.wrong)
    const decision = decide(knowledge, parsed.request, 0)
    t.match(decision, { kind: 'place', distributor: 'web', group: 'a-b', seat: 0 })
    t.match(decide(knowledge, { ...parsed.request, namespace: 'other' }, 0), { kind: 'skip', reason: 'no-distributor' })
    t.match(parseNamespaceSelector(`{"matchLabels":{"${name}":"a"},"${name}":1}`), { mistakes: [/./u] })
    t.same(Object.getOwnPropertyNames(Object.prototype).toSorted(), before)
    t.equal(Reflect.get({}, 'polluted'), undefined)
  })
}
