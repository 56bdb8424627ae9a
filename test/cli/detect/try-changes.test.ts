import t from 'tap'
import { tryChanges } from '../../../src/cli/detect/try-changes.ts'
import { ClusterError } from '../../../src/cluster/cluster-error.ts'
import type { ClusterRequest, Connection } from '../../../src/cluster/connection.ts'
import type { Finding, Survey } from '../../../src/survey/finding.ts'
import type { Change } from '../../../src/survey/recommend/recommendation.ts'
import { finding } from './pictures.ts'

interface Sent extends ClusterRequest { readonly path: string }

/** An API server that answers each request so, or fails. */
function answering(answer: () => void): { readonly connection: Pick<Connection, 'request'>, readonly sent: readonly Sent[] } {
  const sent: Sent[] = []
  const request: Connection['request'] = async (path, options = {}) => {
    const { signal: _, ...told } = options
    sent.push({ path, ...told })
    answer()
    return { status: 200, body: (async function* () { yield new Uint8Array() })(), json: async () => ({}), text: async () => '' }
  }
  return { connection: { request }, sent }
}

const accept = (): void => undefined
const fail = (status: number, message: string) => (): void => { throw new ClusterError(message, { status, reason: 'Any' }) }

const advised = (change: Change | undefined, kind = 'Deployment', group = 'apps'): Finding => finding({
  workload: { group, kind, namespace: 'shop', name: 'web' }, recommendation: { summary: 's', notes: [], commands: [], ...(change !== undefined && { change }) },
})
const surveyOf = (findings: readonly Finding[]): Survey => ({ findings, missing: [], unassigned: { orphans: [], otherKinds: 0 } })
const strategic: Change = { kind: 'patch', type: 'strategic', body: { spec: 1 } }

void t.test('each change is sent as it would be made, as a dry run', async t => {
  const query = { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'versprei' }
  const cases: readonly { readonly finding: Finding, readonly want: Sent }[] = [
    {
      finding: advised(strategic),
      want: {
        path: '/apis/apps/v1/namespaces/shop/deployments/web', method: 'PATCH', body: { spec: 1 }, query, headers: { 'content-type': 'application/strategic-merge-patch+json' },
      },
    },
    {
      finding: advised({ kind: 'patch', type: 'json', body: [1] }, 'Rollout', 'argoproj.io'),
      want: {
        path: '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web', method: 'PATCH', body: [1], query, headers: { 'content-type': 'application/json-patch+json' },
      },
    },
    {
      finding: advised({ kind: 'distributor', object: { kind: 'PodDistributor' } }, 'StatefulSet'),
      want: {
        path: '/apis/versprei.versprei.io/v1beta1/namespaces/shop/poddistributors', method: 'POST', body: { kind: 'PodDistributor' }, query,
        headers: { 'content-type': 'application/json' },
      },
    },
    {
      finding: advised({ kind: 'restart' }, 'StatefulSet'),
      want: {
        path: '/apis/apps/v1/namespaces/shop/statefulsets/web', method: 'PATCH', query, headers: { 'content-type': 'application/merge-patch+json' },
        body: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '1970-01-01T00:00:00Z' } } } } },
      },
    },
  ]
  for (const { finding, want } of cases) {
    const { connection, sent } = answering(accept)
    const tried = await tryChanges(surveyOf([finding]), connection)
    t.strictSame(sent, [want])
    t.equal(tried.findings[0]?.recommendation?.trial?.result, 'accepted')
  }
})

void t.test('nothing is sent where nothing would be changed', async t => {
  const { connection, sent } = answering(accept)
  const survey = surveyOf([advised(undefined), finding({})])
  t.strictSame(await tryChanges(survey, connection), survey)
  t.strictSame(sent, [])
})

void t.test('a refusal is told in the API server\'s words, a right that lacks by its name', async t => {
  const cases: readonly { readonly name: string, readonly answer: () => void, readonly change?: Change, readonly want: object }[] = [
    {
      name: 'invalid', answer: fail(422, 'PATCH x: 422 Invalid: spec is immutable'), want: { result: 'refused', said: 'PATCH x: 422 Invalid: spec is immutable' },
    },
    { name: 'a policy', answer: fail(403, 'PATCH x: 403 Forbidden: nobody spreads here'), want: { result: 'refused', said: 'PATCH x: 403 Forbidden: nobody spreads here' } },
    {
      name: 'no right to patch', answer: fail(403, '403 Forbidden: deployments.apps "web" is forbidden: User "eve" cannot patch resource "deployments"'),
      want: { result: 'not-tried', said: 'you may not patch deployments.apps in shop' },
    },
    {
      name: 'no right to create', answer: fail(403, '403 Forbidden: User "eve" cannot create resource "poddistributors"'), change: { kind: 'distributor', object: {} },
      want: { result: 'not-tried', said: 'you may not create poddistributors.versprei.versprei.io in shop' },
    },
    { name: 'gone', answer: fail(404, 'PATCH x: 404 NotFound'), want: { result: 'refused', said: 'PATCH x: 404 NotFound' } },
    {
      name: 'a webhook that is not there', answer: fail(500, 'PATCH x: 500 InternalError: failed calling webhook "guard.example.com"'),
      want: { result: 'not-tried', said: 'PATCH x: 500 InternalError: failed calling webhook "guard.example.com"' },
    },
    { name: 'busy', answer: fail(503, 'busy'), want: { result: 'not-tried', said: 'busy' } },
    { name: 'too often', answer: fail(429, 'slow down'), want: { result: 'not-tried', said: 'slow down' } },
  ]
  for (const { name, answer, change = strategic, want } of cases) {
    const { findings } = await tryChanges(surveyOf([advised(change)]), answering(answer).connection)
    t.strictSame(findings[0]?.recommendation?.trial, want, name)
  }
})

void t.test('what concerns one change alone leaves the others as they are; what concerns all ends it', async t => {
  const api = answering(accept).connection
  const connection: Pick<Connection, 'request'> = {
    request: async (path, options) => (path.includes('/statefulsets/') ? fail(500, 'failed calling webhook')() as never : api.request(path, options)),
  }
  const { findings } = await tryChanges(surveyOf([advised(strategic, 'StatefulSet'), advised(strategic)]), connection)
  t.strictSame(findings.map(({ recommendation }) => recommendation?.trial?.result), ['not-tried', 'accepted'])
  const lost = (): void => { throw new ClusterError('PATCH x: connection reset', { reason: 'NetworkFault' }) }
  const late = await tryChanges(surveyOf([advised(strategic)]), answering(lost).connection, () => AbortSignal.abort())
  t.strictSame(late.findings[0]?.recommendation?.trial, { result: 'not-tried', said: 'the API server gave no answer within 10 s' })
  await t.rejects(tryChanges(surveyOf([advised(strategic)]), answering(lost).connection), { message: 'PATCH x: connection reset' }, 'nobody is there')
  await t.rejects(tryChanges(surveyOf([advised(strategic)]), answering(fail(401, 'who are you')).connection), { message: 'who are you' })
})
