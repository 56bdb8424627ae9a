import type { LabelSelector, Target } from './distributor.ts'
import { fieldsOf, requirePresent, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { faultOfApiVersion, faultOfKind, faultOfSubdomain } from './label-syntax.ts'
import { parseExpressions, podOperators } from './parse-expressions.ts'
import { parseLabels } from './parse-labels.ts'

const parsePodSelector = (field: Field): LabelSelector | undefined => {
  const at = fieldsOf(field, ['matchLabels', 'matchExpressions'])
  if (!at) return undefined
  const matchLabels = parseLabels(at('matchLabels'), 0)
  const matchExpressions = parseExpressions(at('matchExpressions'), podOperators, 0)
  return {
    ...(matchLabels === undefined ? {} : { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions === undefined ? {} : { matchExpressions }),
  }
}

/** `spec.target`; undefined when it has a mistake. */
export const parseTarget = (field: Field): Target | undefined => {
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
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    kind,
    ...(name === undefined ? {} : { name }),
    ...(podSelector === undefined ? {} : { podSelector }),
  }
}
