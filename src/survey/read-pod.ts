import { asMap } from '../placement/is-map.ts'
import type { SurveyedPod } from './cluster-state.ts'
import { readRequests } from './read-amounts.ts'
import { readCondition, readMetadata } from './read-metadata.ts'

const phases: readonly SurveyedPod['phase'][] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']

/** Undefined for what is no pod. Of its annotations those are kept that somebody looks at: most are long, and there are many pods. */
export function readPod(object: unknown): SurveyedPod | undefined {
  const metadata = readMetadata(object)
  if (metadata === undefined) return undefined
  const { namespace, name, uid, labels, annotations, owner, isLeaving } = metadata
  const { spec, status } = asMap(object)
  const { nodeName } = asMap(spec)
  const { phase } = asMap(status)
  const node = typeof nodeName === 'string' && nodeName !== '' ? nodeName : undefined
  return {
    namespace, name, uid, labels, owner, isLeaving, node,
    annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => isRead(key))),
    phase: phases.find(one => one === phase) ?? 'Unknown',
    isReady: readCondition(object, 'Ready')?.['status'] === 'True',
    requests: readRequests(spec),
    unschedulable: node === undefined ? saidBy(readCondition(object, 'PodScheduled')) : undefined,
  }
}

/** Versprei's own, and those by which controllers choose pods. */
function isRead(annotation: string): boolean {
  return annotation.includes('versprei.io/') || /^(?:controller|batch)\.kubernetes\.io\//u.test(annotation)
}

function saidBy(condition: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const message = condition?.['status'] === 'False' ? condition['message'] : undefined
  return typeof message === 'string' && message !== '' ? message : undefined
}
