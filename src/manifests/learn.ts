import type { Knowledge } from '../placement/knowledge.ts'
import { distributorLabel, groupLabel, kind as distributorKind } from '../placement/keys.ts'
import { listDistributor, mistakesOf } from '../placement/distributor/listed.ts'
import { asMap } from '../placement/is-map.ts'
import { readNode } from '../placement/nodes/nodes.ts'
import { readPlacedPod } from '../placement/seats/placed-pod.ts'
import type { Manifest, Manifests, Trouble } from './read.ts'

/**
 * Takes PodDistributors, nodes and pods out of manifests, in place of all that was known before. Objects of other kinds are
 * passed over. Returns what is wrong: every mistake with its file and field path; the rest serves.
 */
export function learn({ distributors, nodes, revisions }: Knowledge, { manifests, troubles }: Manifests): readonly Trouble[] {
  const ofKind = (kind: string) => manifests.filter(({ object }) => object['kind'] === kind)
  const listed = ofKind(distributorKind).map(({ where, object }) => ({ where, one: listDistributor(object) }))
  const firsts = new Map<string, string>()
  const twice = listed.flatMap(({ where, one: { namespace, name } }) => {
    const first = firsts.get(`${namespace}/${name}`)
    firsts.set(`${namespace}/${name}`, first ?? where)
    return first === undefined ? [] : [`${where}: PodDistributor ${namespace}/${name} is also in ${first}; the last one counts`]
  })
  distributors.replace(listed.map(({ one }) => one))
  const read = ofKind('Node').map(({ where, object }) => ({ where, node: readNode(object) }))
  nodes.replace(read.map(({ node }) => node).filter(node => node !== undefined))
  const nameless = read.filter(({ node }) => node === undefined)
    .map(({ where }) => `${where}: metadata.name: is missing or no text; a Node has a name`)
  const pods = ofKind('Pod').map(({ where, object }) => ({ where, object: withNamespace(object) }))
  revisions.replace(pods.map(({ object }) => readPlacedPod(object)).filter(pod => pod !== undefined))
  const mistakes = listed.flatMap(({ where, one }) => mistakesOf(one).map(mistake => `${where}: ${mistake}`))
  return [...troubles, ...mistakes, ...twice, ...nameless, ...pods.flatMap(seatless)]
}

type Map = Readonly<Record<string, unknown>>

/** As kubectl would send it, and as a distributor without one is taken. */
function withNamespace(object: Map): Map {
  return { ...object, metadata: { namespace: 'default', ...asMap(object['metadata']) } }
}

/** What a pod lacks that was placed and would be taken to hold no seat; an ended one holds none, nor does one on its way out. */
function seatless({ where, object }: Manifest): readonly Trouble[] {
  const { uid, labels, ownerReferences, deletionTimestamp } = asMap(object['metadata'])
  const { phase } = asMap(object['status'])
  const isGone = phase === 'Succeeded' || phase === 'Failed' || deletionTimestamp !== undefined
  if (isGone || asMap(labels)[distributorLabel] === undefined) return []
  const owners: readonly unknown[] = Array.isArray(ownerReferences) ? ownerReferences : []
  const controller = asMap(owners.find(owner => asMap(owner)['controller'] === true))
  return [
    ...(typeof uid === 'string' ? [] : ['metadata.uid: is missing or no text']),
    ...(typeof controller['uid'] === 'string' ? [] : ['metadata.ownerReferences: has no controller with a uid']),
    ...(typeof asMap(labels)[groupLabel] === 'string' ? [] : [`metadata.labels: lacks ${groupLabel}`]),
  ].map(lack => `${where}: ${lack}; a pod needs it to hold its seat`)
}
