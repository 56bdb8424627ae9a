import t from 'tap'
import { parsePodDistributor } from '../../src/placement/distributor/parse-distributor.ts'
import { invalidDistributors } from '../placement/distributor/invalid-distributors.ts'
import { validDistributors } from '../placement/distributor/valid-distributors.ts'
import { callApi, createNamespace } from './cluster.ts'

interface Status {
  readonly message: string
  readonly details?: { readonly causes?: readonly { readonly field?: string, readonly message: string }[] }
}

/** Asks the API server as `kubectl apply` does: unknown fields are refused. Nothing is created. */
const dryRun = async (path: string, body: unknown) => {
  const { status, text } = await callApi('POST', `${path}?dryRun=All&fieldValidation=Strict`, { body })
  const answer: Status = JSON.parse(text)
  return { accepted: status === 201, answer }
}

const distributorsIn = (namespace: string) => `/apis/versprei.versprei.io/v1beta1/namespaces/${namespace}/poddistributors`

/** The API server adds a cause without a field when it has left out rules, and gives some fields several. */
const pathsOf = ({ message, details }: Status): readonly string[] => {
  const unknown = [...message.matchAll(/unknown field "([^"]*)"/g)].map(([, path = '']) => path)
  const causes = (details?.causes ?? []).flatMap(({ field = '<nil>' }) => (field === '<nil>' ? [] : field))
  return [...new Set([...unknown, ...causes])].toSorted()
}

void t.test('the API server refuses what the parser refuses, at the same fields:', async t => {
  const namespace = await createNamespace(t)
  for (const { name, object, paths, crd } of invalidDistributors) {
    if (crd === false) continue
    const { accepted, answer } = await dryRun(distributorsIn(namespace), object)
    t.notOk(accepted, name)
    t.strictSame(pathsOf(answer), (crd ?? paths).toSorted(), `${name}: ${answer.message}`)
  }
})

void t.test('the API server accepts what the parser accepts:', async t => {
  const namespace = await createNamespace(t)
  for (const { name, object } of validDistributors) {
    const { accepted, answer } = await dryRun(distributorsIn(namespace), object)
    t.ok(accepted, `${name}: ${accepted ? '' : answer.message}`)
  }
})

void t.test('a pod with what an accepted distributor says of expressions, tolerations and spread is accepted:', async t => {
  const namespace = await createNamespace(t)
  const labelSelector = { matchLabels: { 'versprei.io/distributor': 'web', 'versprei.io/group': 'x' } }
  for (const { name, object } of validDistributors) {
    const parsed = parsePodDistributor(object)
    if (!parsed.ok) throw new Error(`${name} is not valid`)
    const { groups, spread = [] } = parsed.value
    const terms = groups.map(({ expressions }) => ({ matchExpressions: expressions }))
    const { accepted, answer } = await dryRun(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'web', labels: labelSelector.matchLabels },
      spec: {
        containers: [{ name: 'web', image: 'web' }],
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
        tolerations: groups.flatMap(({ tolerations }) => tolerations),
        topologySpreadConstraints: spread.map(constraint => ({ ...constraint, labelSelector })),
      },
    })
    t.ok(accepted, `${name}: ${accepted ? '' : answer.message}`)
  }
})
