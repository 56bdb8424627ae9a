import { distributorLabel, groupLabel, ignoreLabel } from '../../placement/keys.ts'
import { asMap } from '../../placement/is-map.ts'
import { unknown, type Asked, type Unknown } from './asked.ts'
import { fail, ok, skip, warn, type Line } from './line.ts'
import { tellRight } from './right.ts'
import type { Candidate } from './try-pod.ts'

type Map = Readonly<Record<string, unknown>>

/** What came of a pod that was created by dry run: nothing is stored. */
export interface Trial {
  readonly candidate: Candidate
  /** Whether whoever runs this may create pods there. */
  readonly mayCreate: Asked<boolean>
  readonly created: Asked
  /** The same pod, opted out; asked for where it was refused. */
  readonly without?: Asked
}

/** The pod, opted out: Versprei leaves it alone. */
export function optedOut(pod: Map): Map {
  const metadata = asMap(pod['metadata'])
  return { ...pod, metadata: { ...metadata, labels: { ...asMap(metadata['labels']), [ignoreLabel]: 'true' } } }
}

/**
 * Whether the pod was refused because its namespace is being deleted: a test of the namespace, not of what would be in it. The API server
 * looks at that before it calls a webhook (its admission plugin NamespaceLifecycle, whose words these are).
 */
export function isEnding(created: Asked): boolean {
  return created.kind === 'forbidden' && created.message.includes('because it is being terminated')
}

/** Why there was nothing to try. */
export type NoTrial = { readonly kind: 'none' } | Unknown

/** Whether a pod is placed: the whole way, from the API server to Versprei and back. */
export function judgeTrial(trial: Trial | NoTrial): Line {
  if ('kind' in trial) {
    return trial.kind === 'none'
      ? skip('dry-run',
        'not tried: no PodDistributor that places has a workload with a ReplicaSet, StatefulSet or Job, in a namespace that stays')
      : unknown('dry-run', 'whether a pod is placed', trial)
  }
  const { candidate: { distributor: { namespace, name }, owner }, mayCreate, created, without } = trial
  const what = `a pod of ${owner} in ${namespace}`
  if (mayCreate.kind === 'found' && !mayCreate.value) {
    const right = tellRight({ verb: 'create', group: '', resource: 'pods', namespace })
    return unknown('dry-run', 'whether a pod is placed', { kind: 'forbidden', right, message: '' })
  }
  if (created.kind === 'found') return judgeLabels(created.value, what, name)
  const said = created.kind === 'absent' ? 'its namespace is gone' : created.message
  return without?.kind === 'found'
    ? fail('dry-run', `the API server refuses ${what} with what Versprei adds, and takes it without: ${said}`,
      'see what refuses it (a policy, a quota, another webhook); until then, enforcement: Audit changes no pod')
    : warn('dry-run', `the API server refuses ${what}, and without Versprei too: ${said}`, 'mend that first: the workload gets no pods')
}

function judgeLabels(pod: Map, what: string, distributor: string): Line {
  const labels = asMap(asMap(pod['metadata'])['labels'])
  if (labels[distributorLabel] === distributor && typeof labels[groupLabel] === 'string') {
    return ok('dry-run', `${what} would be placed by ${distributor}, in group ${labels[groupLabel]}`)
  }
  const by = labels[distributorLabel]
  const says = typeof by === 'string' ? `is placed by ${by}, not ${distributor}` : 'is not placed'
  return fail('dry-run', `${what} ${says}: Versprei was not asked, did not answer in time, or left it alone`,
    'see the lines above; the log of the leader at --log-level debug has a line for each decision')
}
