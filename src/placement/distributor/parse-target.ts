import type { LabelSelector, Target } from './distributor.ts'
import { fault, fieldsOf, requirePresent, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { faultOfApiVersion, faultOfKind, faultOfSubdomain } from './label-syntax.ts'
import { parseExpressions, podOperators } from './parse-expressions.ts'
import { parseLabels } from './parse-labels.ts'

function parsePodSelector(field: Field): LabelSelector | undefined {
  const at = fieldsOf(field, ['matchLabels', 'matchExpressions'])
  if (!at) return undefined
  const matchLabels = parseLabels(at('matchLabels'), 0)
  const matchExpressions = parseExpressions(at('matchExpressions'), podOperators, 0)
  return {
    ...(matchLabels === undefined ? {} : { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions === undefined ? {} : { matchExpressions }),
  }
}

/** Kinds whose pods are never placed: `skipPod` in `scope.ts` leaves them alone. */
function faultOfWorkload(group: string, kind: string): string | undefined {
  if (group === 'apps' && kind === 'DaemonSet') {
    return 'cannot be DaemonSet, which has a pod on each of its nodes; name a workload whose pods can be divided, such as a Deployment'
  }
  if (group === '' && kind === 'Pod') {
    return 'cannot be Pod: only pods that a controller keeps are placed; name that controller, such as a Deployment'
  }
  return undefined
}

/** `spec.target`; undefined when it has a mistake. */
export function parseTarget(field: Field): Target | undefined {
  if (!requirePresent(field, 'the workload whose pods are placed: apiVersion, kind, and a name unless all of that kind are meant')) {
    return undefined
  }
  const at = fieldsOf(field, ['apiVersion', 'kind', 'name', 'podSelector'])
  if (!at) return undefined
  requirePresent(at('apiVersion'), 'the group and version of the workload, such as apps/v1')
  requirePresent(at('kind'), 'the kind of the workload, such as Deployment')
  const apiVersion = textOf(at('apiVersion'), faultOfApiVersion)
  const kind = textOf(at('kind'), faultOfKind)
  const name = textOf(at('name'), faultOfSubdomain)
  const podSelector = parsePodSelector(at('podSelector'))
  if (apiVersion === undefined || kind === undefined) return undefined
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const wrong = faultOfWorkload(group, kind)
  if (wrong !== undefined) return fault(at('kind'), wrong)
  return {
    group,
    kind,
    ...(name === undefined ? {} : { name }),
    ...(podSelector === undefined ? {} : { podSelector }),
  }
}
