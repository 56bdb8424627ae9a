import { asMap, mapsIn } from '../placement/is-map.ts'
import type { Amounts } from './cluster-state.ts'
import { amountOf, parseQuantity } from './quantity.ts'

/** In thousandths, by resource. */
type Sums = Map<string, bigint>

/** A ResourceList, such as a node's `status.allocatable`. */
export function readAmounts(list: unknown): Amounts {
  return amountsOf(sumsOf(list))
}

/**
 * What the scheduler counts for a pod with this spec (component-helpers `resource/helpers.go`, PodRequests): of each resource the larger of
 * what its containers want together and what its init containers want at their most, one by one, each beside the sidecars (init containers
 * with `restartPolicy: Always`) that began before it; what the pod as a whole requests, where it says so, in place of that; and its
 * overhead. A resize that is under way counts as it was asked for.
 */
export function readRequests(spec: unknown): Amounts {
  const { containers, initContainers, resources, overhead } = asMap(spec)
  const running: Sums = new Map()
  const sidecars: Sums = new Map()
  const starting: Sums = new Map()
  for (const container of mapsIn(containers)) add(running, requestsOf(container))
  for (const container of mapsIn(initContainers)) {
    const requests = requestsOf(container)
    const atOnce = new Map(sidecars)
    add(atOnce, requests)
    if (container['restartPolicy'] === 'Always') {
      add(running, requests)
      add(sidecars, requests)
    }
    raise(starting, atOnce)
  }
  raise(running, starting)
  for (const [resource, amount] of requestsOf({ resources })) if (isForPods(resource)) running.set(resource, amount)
  add(running, sumsOf(overhead))
  return amountsOf(running)
}

/** Of which a pod as a whole may request an amount (KEP-2837). */
function isForPods(resource: string): boolean {
  return resource === 'cpu' || resource === 'memory' || resource.startsWith('hugepages-')
}

function requestsOf(container: Readonly<Record<string, unknown>>): Sums {
  return sumsOf(asMap(container['resources'])['requests'])
}

function sumsOf(list: unknown): Sums {
  return new Map(Object.entries(asMap(list)).flatMap(([resource, text]) => {
    const amount = parseQuantity(text)
    return amount === undefined ? [] : [[resource, amount]]
  }))
}

function add(to: Sums, more: Sums): void {
  for (const [resource, amount] of more) to.set(resource, (to.get(resource) ?? 0n) + amount)
}

/** To the larger of both. */
function raise(to: Sums, other: Sums): void {
  for (const [resource, amount] of other) if (amount > (to.get(resource) ?? -1n)) to.set(resource, amount)
}

function amountsOf(sums: Sums): Amounts {
  return Object.fromEntries([...sums].map(([resource, amount]) => [resource, amountOf(resource, amount)]))
}
