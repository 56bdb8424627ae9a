import { asMap } from '../../placement/is-map.ts'
import { itemsOf } from './api.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { makeAgain, type InstalledBy } from './installed-by.ts'
import { fail, ok, skip, type Line } from './line.ts'
import type { Called } from '../called.ts'

/** Where a replica answers, by the EndpointSlices of the Service. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

export interface Endpoints {
  readonly ready: readonly Endpoint[]
  /** How many are not. */
  readonly waiting: number
}

/**
 * The endpoints behind one port of a Service. `service` and `slices` as the API server has them. A slice names its ports as the Service
 * does; `ready` that is absent counts as true (discovery.k8s.io/v1 EndpointConditions).
 */
export function endpointsOf(service: unknown, slices: unknown, port: number): Endpoints {
  const { ports } = asMap(asMap(service)['spec'])
  const named = asMap((Array.isArray(ports) ? ports.map(asMap) : []).find(one => one['port'] === port))['name'] ?? ''
  const ready = new Map<string, Endpoint>()
  const waiting = new Set<string>()
  for (const slice of itemsOf(slices)) {
    const slicePorts = Array.isArray(slice['ports']) ? slice['ports'].map(asMap) : []
    const number = slicePorts.find(one => (one['name'] ?? '') === named)?.['port']
    for (const endpoint of Array.isArray(slice['endpoints']) ? slice['endpoints'].map(asMap) : []) {
      // All addresses of one endpoint are the same backend: the first will do.
      const address: unknown = Array.isArray(endpoint['addresses']) ? endpoint['addresses'][0] : undefined
      if (typeof address !== 'string') continue
      if (asMap(endpoint['conditions'])['ready'] === false || typeof number !== 'number') waiting.add(address)
      else ready.set(`${address} ${number}`, { address, port: number })
    }
  }
  return { ready: [...ready.values()], waiting: waiting.size }
}

/** Whether someone answers behind the Service that the API server calls. */
export function judgeEndpoints(called: Called | undefined, service: Asked, slices: Asked, by: InstalledBy): Line {
  if (called?.kind === 'url') return skip('endpoints', 'the API server calls a URL, and no Service')
  if (isUnknown(service)) return unknown('endpoints', 'the Service', service)
  if (service.kind === 'absent') {
    return called === undefined
      ? skip('endpoints', 'no Service is called, and there is none')
      : fail('endpoints', `there is no Service ${called.namespace}/${called.name}`, `make it again: ${makeAgain(by)}`)
  }
  if (isUnknown(slices)) return unknown('endpoints', 'the endpoints of the Service', slices)
  const { ready, waiting } = endpointsOf(service.value, slices.kind === 'found' ? slices.value : {}, called?.port ?? 443)
  const text = `${ready.length} ready${waiting === 0 ? '' : `, ${waiting} not`}`
  return ready.length > 0
    ? ok('endpoints', text)
    : fail('endpoints', `${text}: nobody answers the API server`,
      'see the lines replicas and leader; /readyz of a replica says what it waits for')
}
