import type { Amounts } from '../cluster-state.ts'
import type { Refusal } from '../room/refusal.ts'

const steps = [['TiB', 2 ** 40], ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const

/** An amount of a resource as people say it: `500m of cpu`, `64 GiB of memory`, `2 of nvidia.com/gpu`. */
export function tellAmount(resource: string, amount: number): string {
  return `${tellSize(resource, amount)} of ${resource}`
}

export function tellSize(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`
  if (!isBytes(resource)) return String(amount)
  const step = steps.find(([, size]) => amount >= size)
  return step === undefined ? `${amount} B` : `${Number((amount / step[1]).toFixed(2))} ${step[0]}`
}

const isBytes = (resource: string): boolean =>
  resource === 'memory' || resource.endsWith('ephemeral-storage') || resource.startsWith('hugepages-')

/** Why nodes are out of the question, those of the same reason together, the most first: `3 are cordoned, 1 is not ready`. */
export function tellRefusals(refusals: readonly Refusal[]): string {
  const groups = Map.groupBy(refusals, refusal => wordsOf(refusal, 2))
  return [...groups.values()].toSorted((a, b) => b.length - a.length)
    .map(group => group[0] === undefined ? '' : `${group.length} ${wordsOf(group[0], group.length)}`).join(', ')
}

function wordsOf(refusal: Refusal, many: number): string {
  const [are, have, lack] = many === 1 ? ['is', 'has', 'lacks'] : ['are', 'have', 'lack']
  switch (refusal.kind) {
    case 'not-ready': return `${are} not ready`
    case 'cordoned': return `${are} cordoned`
    case 'taint': {
      const { key, value, effect } = refusal.taint
      return `${have} the taint ${key}${value === '' ? '' : `=${value}`}:${effect}`
    }
    case 'node-selector': return `${lack} what its nodeSelector asks for`
    case 'node-affinity': return `${are} ruled out by its node affinity`
    case 'too-small': return `${are} too small for ${tellAmount(refusal.resource, refusal.asked)}`
    case 'no-room': return refusal.resource === 'pods'
      ? `${have} no place for another pod` : `${have} less than ${tellAmount(refusal.resource, refusal.asked)} left`
    case 'host-port': return `${have} the host port ${refusal.port} taken`
    case 'anti-affinity': return `${are} ruled out by its pod anti-affinity over ${refusal.key}`
    case 'spread': break
  }
  return refusal.isUnlabelled ? `${lack} the label ${refusal.key}` : `${are} ruled out by its spread over ${refusal.key}`
}

/** `asks for 64 GiB of memory; the largest node has 32 GiB`, for each resource of which no node has as much. */
export function tellTooLarge(requests: Amounts, nodes: readonly { readonly allocatable: Amounts }[]): readonly string[] {
  return Object.entries(requests).flatMap(([resource, asked]) => {
    const largest = Math.max(0, ...nodes.map(({ allocatable }) => allocatable[resource] ?? 0))
    return asked > largest && nodes.length > 0
      ? [`a pod asks for ${tellAmount(resource, asked)}; the largest node has ${tellSize(resource, largest)}`] : []
  })
}
