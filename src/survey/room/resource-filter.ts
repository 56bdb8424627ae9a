import type { SurveyedNode } from '../cluster-state.ts'
import { freeOn, type Ledger } from './ledger.ts'
import type { PodToPlace } from './pod-to-place.ts'
import type { Refusal } from './refusal.ts'

/**
 * Whether the node has what the pod asks for: the scheduler's NodeResourcesFit and NodePorts. A pod takes one of the node's `pods`;
 * a resource of which it asks for nothing is not looked at, however overdrawn it is (noderesources `fitsRequest`).
 */
export function resourceRefusal(pod: Pick<PodToPlace, 'requests' | 'hostPorts'>, node: SurveyedNode, ledger: Ledger): Refusal | undefined {
  const asked = Object.entries({ ...pod.requests, pods: 1 }).filter(([, amount]) => amount > 0)
  const tooSmall = asked.find(([resource, amount]) => amount > allocatableOf(node, resource))
  if (tooSmall !== undefined) {
    const [resource, amount] = tooSmall
    return { kind: 'too-small', resource, asked: amount, allocatable: allocatableOf(node, resource) }
  }
  const noRoom = asked.find(([resource, amount]) => amount > freeOn(ledger, node, resource))
  if (noRoom !== undefined) return { kind: 'no-room', resource: noRoom[0], asked: noRoom[1], free: freeOn(ledger, node, noRoom[0]) }
  const held = ledger.hostPorts(node.name)
  const port = pod.hostPorts.find(one => [...held].some(other => doClash(one, other)))
  return port === undefined ? undefined : { kind: 'host-port', port }
}

function allocatableOf({ allocatable }: SurveyedNode, resource: string): number {
  return Object.hasOwn(allocatable, resource) ? allocatable[resource] ?? 0 : 0
}

/** The same port and protocol clash where either is for every address, or both for one (framework `HostPortInfo.CheckConflict`). */
function doClash(one: string, other: string): boolean {
  return one === other || one.endsWith(` ${other}`) || other.endsWith(` ${one}`)
}

/** How many such pods the node has room for, one beside another: by their requests and the number of its pods alone. */
export function capacityOf({ requests }: Pick<PodToPlace, 'requests'>, node: SurveyedNode, ledger: Ledger): number {
  const asked = Object.entries({ ...requests, pods: 1 }).filter(([, amount]) => amount > 0)
  return Math.max(0, Math.min(...asked.map(([resource, amount]) => Math.floor(freeOn(ledger, node, resource) / amount))))
}
