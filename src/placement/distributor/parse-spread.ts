import type { SpreadConstraint } from './distributor.ts'
import { choiceOf, fault, fieldsOf, integerOf, isPresent, itemsOf, requirePresent, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { distributorLabel, groupLabel } from '../keys.ts'
import { faultOfLabelKey, quote } from './label-syntax.ts'
import { limits } from './limits.ts'

/** The API server refuses a key that the labelSelector has too, and Versprei's selector has these. */
function faultOfMatchLabelKey(key: string): string | undefined {
  return key === distributorLabel || key === groupLabel
    ? `pods are selected by ${key} already, and the API server takes it only once; leave it out`
    : faultOfLabelKey(key)
}

function parseMatchLabelKeys(field: Field): readonly string[] | undefined {
  if (!isPresent(field)) return undefined
  const seen = new Set<string>()
  for (const item of itemsOf(field, 0, limits.matchLabelKeys)) {
    if (!requirePresent(item, 'the key of a label')) continue
    const key = textOf(item, faultOfMatchLabelKey)
    if (key === undefined) continue
    if (seen.has(key)) fault(item, `${quote(key)} is there already; each key once`)
    seen.add(key)
  }
  return [...seen]
}

const policies = ['Honor', 'Ignore'] as const
const names = [
  'maxSkew', 'topologyKey', 'whenUnsatisfiable', 'minDomains', 'nodeAffinityPolicy', 'nodeTaintsPolicy', 'matchLabelKeys',
] as const

/** The API server's rules for a pod's topologySpreadConstraints. */
function parseConstraint(field: Field): SpreadConstraint | undefined {
  const at = fieldsOf(field, names)
  if (!at) return undefined
  requirePresent(at('maxSkew'), 'by how many pods domains may differ, at least 1')
  requirePresent(at('topologyKey'), 'the node label whose values are the domains, such as topology.kubernetes.io/zone')
  requirePresent(at('whenUnsatisfiable'), 'DoNotSchedule or ScheduleAnyway')
  const maxSkew = integerOf(at('maxSkew'), 1, limits.int32)
  const topologyKey = textOf(at('topologyKey'), faultOfLabelKey)
  const whenUnsatisfiable = choiceOf(at('whenUnsatisfiable'), ['DoNotSchedule', 'ScheduleAnyway'])
  const minDomains = integerOf(at('minDomains'), 1, limits.int32)
  const nodeAffinityPolicy = choiceOf(at('nodeAffinityPolicy'), policies)
  const nodeTaintsPolicy = choiceOf(at('nodeTaintsPolicy'), policies)
  const matchLabelKeys = parseMatchLabelKeys(at('matchLabelKeys'))
  if (minDomains !== undefined && whenUnsatisfiable === 'ScheduleAnyway') {
    fault(at('minDomains'), 'only with whenUnsatisfiable DoNotSchedule')
  }
  if (maxSkew === undefined || topologyKey === undefined || whenUnsatisfiable === undefined) return undefined
  return {
    maxSkew,
    topologyKey,
    whenUnsatisfiable,
    ...(minDomains === undefined ? {} : { minDomains }),
    ...(nodeAffinityPolicy === undefined ? {} : { nodeAffinityPolicy }),
    ...(nodeTaintsPolicy === undefined ? {} : { nodeTaintsPolicy }),
    ...(matchLabelKeys === undefined ? {} : { matchLabelKeys }),
  }
}

/** `spec.spread`: undefined when absent (the default constraints), empty when there shall be none. */
export function parseSpread(field: Field): readonly SpreadConstraint[] | undefined {
  if (!isPresent(field)) return undefined
  const seen = new Set<string>()
  return itemsOf(field, 0, limits.spread).flatMap(item => {
    const constraint = parseConstraint(item)
    if (!constraint) return []
    const pair = `${constraint.topologyKey}, ${constraint.whenUnsatisfiable}`
    if (seen.has(pair)) fault(item, `{${pair}} is there already; the API server takes each topologyKey and whenUnsatisfiable only once`)
    seen.add(pair)
    return [constraint]
  })
}
