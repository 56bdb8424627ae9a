import { asMap } from '../../placement/is-map.ts'
import type { Asked } from './asked.ts'
import { endpointsOf } from './endpoints.ts'
import { inSecret, isBundle, type Evidence, type Seen } from './evidence.ts'
import { messageOf } from '../message-of.ts'
import { probe } from './probe.ts'
import type { Called } from '../called.ts'

/** Milliseconds for a handshake: pods of a cluster are mostly not to be reached from outside, which nobody should wait for long. */
const patience = 3000

/** So many endpoints are asked. */
const most = 10

/** Shakes hands with whoever the API server calls: at the URL, or at the ready endpoints of the Service. */
export async function seeServed(called: Called | undefined, service: Asked, slices: Asked): Promise<readonly Evidence[]> {
  if (called === undefined) return []
  const bundle = called.caBundle !== undefined && isBundle(called.caBundle) ? called.caBundle : undefined
  if (called.kind === 'url') {
    const url = URL.parse(called.url)
    if (url === null) return [{ at: called.url, unreached: 'it is no URL' }]
    const host = url.hostname.replaceAll(/^\[|\]$/gu, '')
    return [await probe({ host, port: Number(url.port || 443), servername: host }, bundle, patience)]
  }
  if (service.kind !== 'found' || slices.kind !== 'found') return []
  const servername = `${called.name}.${called.namespace}.svc`
  const { ready } = endpointsOf(service.value, slices.value, called.port)
  return Promise.all(ready.slice(0, most).map(({ address, port }) => probe({ host: address, port, servername }, bundle, patience)))
}

/** What the Secret holds, judged as if it were served at the Service. */
export function seeSecret(secret: Asked, name: string, called: Called | undefined): Asked<Seen> {
  if (secret.kind !== 'found') return secret
  const { namespace } = asMap(secret.value['metadata'])
  const servername = called?.kind === 'service' ? `${called.name}.${called.namespace}.svc` : `versprei.${String(namespace)}.svc`
  try {
    const bundle = called?.caBundle !== undefined && isBundle(called.caBundle) ? called.caBundle : undefined
    return { kind: 'found', value: inSecret(secret.value, name, { bundle, servername }) }
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) }
  }
}
