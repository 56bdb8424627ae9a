import { asMap, mapsIn } from '../placement/is-map.ts'
import type { SurveyedNode, Taint } from './cluster-state.ts'
import { readAmounts } from './read-amounts.ts'
import { readCondition, readMetadata } from './read-metadata.ts'

/** Undefined for what is no node. */
export function readNode(object: unknown): SurveyedNode | undefined {
  const metadata = readMetadata(object)
  if (metadata === undefined) return undefined
  const { spec, status } = asMap(object)
  const { taints, unschedulable } = asMap(spec)
  return {
    name: metadata.name, labels: metadata.labels,
    taints: mapsIn(taints).map(readTaint),
    isReady: readCondition(object, 'Ready')?.['status'] === 'True',
    isUnschedulable: unschedulable === true,
    allocatable: readAmounts(asMap(status)['allocatable']),
  }
}

function readTaint({ key, value, effect }: Readonly<Record<string, unknown>>): Taint {
  return { key: textOf(key), value: textOf(value), effect: textOf(effect) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
