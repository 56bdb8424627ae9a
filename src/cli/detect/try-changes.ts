import { ClusterError } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import type { Survey, WorkloadName } from '../../survey/finding.ts'
import type { Change, Trial } from '../../survey/recommend/recommendation.ts'
import { resourceOf, workloadKinds } from '../../survey/workload-kinds.ts'
import { messageOf } from '../message-of.ts'
import { atMost } from '../survey/at-most.ts'

/** Dry runs at a time. */
const atATime = 4
/** Milliseconds for one. */
const patience = 10_000

/**
 * Tries each recommended change with a dry run: the API server checks rights, admission and validation, and stores nothing. A change that
 * may not be tried is told as such, and so is one about which the API server gives no answer: a webhook that has to be asked may not be
 * there for this one alone. Throws what concerns all of them: a connection that broke, and credentials that are refused.
 */
export async function tryChanges(
  survey: Survey, connection: Pick<Connection, 'request'>, deadline: () => AbortSignal = () => AbortSignal.timeout(patience),
): Promise<Survey> {
  return { ...survey, findings: await atMost(atATime, survey.findings, async finding => {
    const { recommendation, workload } = finding
    if (recommendation?.change === undefined) return finding
    const trial = await tryChange(workload, recommendation.change, connection, deadline())
    return { ...finding, recommendation: { ...recommendation, trial } }
  }) }
}

interface Request {
  readonly verb: 'patch' | 'create'
  readonly resource: string
  readonly method: 'PATCH' | 'POST'
  readonly path: string
  readonly type: string
  readonly body: unknown
}

async function tryChange(
  workload: WorkloadName, change: Change, connection: Pick<Connection, 'request'>, signal: AbortSignal,
): Promise<Trial> {
  const { verb, resource, method, path, type, body } = requestOf(workload, change)
  try {
    const response = await connection.request(path, {
      method, body, headers: { 'content-type': type }, query: { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'versprei' },
      signal,
    })
    await response.text()
    return { result: 'accepted', said: `the API server would store ${verb === 'patch' ? 'the workload so' : 'it'}; nothing was changed` }
  } catch (error) {
    if (signal.aborted) return { result: 'not-tried', said: `the API server gave no answer within ${patience / 1000} s` }
    return judge(error, `${verb} ${resource} in ${workload.namespace}`, verb)
  }
}

/** Nobody has judged the change where the API server failed (500 and more) or would not be asked so often (429). */
function judge(error: unknown, right: string, verb: string): Trial {
  const status = error instanceof ClusterError ? error.status : undefined
  if (status === undefined || status === 401) throw error
  if (status === 403 && isForbidden(error, verb)) return { result: 'not-tried', said: `you may not ${right}` }
  return { result: status >= 500 || status === 429 ? 'not-tried' : 'refused', said: messageOf(error) }
}

/** A webhook that says no may answer 403 too, in its own words; where a right lacks the verb is named (apiserver `responsewriters`). */
function isForbidden(error: unknown, verb: string): boolean {
  return messageOf(error).includes(`cannot ${verb} resource`)
}

function requestOf(workload: WorkloadName, change: Change): Request {
  const { namespace, name } = workload
  if (change.kind === 'distributor') {
    const path = `/apis/versprei.versprei.io/v1beta1/namespaces/${namespace}/poddistributors`
    const resource = 'poddistributors.versprei.versprei.io'
    return { verb: 'create', resource, method: 'POST', path, type: 'application/json', body: change.object }
  }
  const { group, version, plural } = resourceOf(workloadKinds.find(kind => kind === workload.kind) ?? 'Deployment')
  const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}/${name}`
  const base = { verb: 'patch', resource: `${plural}.${group}`, method: 'PATCH', path } as const
  if (change.kind === 'restart') return { ...base, type: 'application/merge-patch+json', body: restarted }
  return { ...base, type: `application/${change.type === 'json' ? 'json' : 'strategic-merge'}-patch+json`, body: change.body }
}

/** What `kubectl rollout restart` patches, at no time in particular: nothing is stored. */
const restarted = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '1970-01-01T00:00:00Z' } } } } }
