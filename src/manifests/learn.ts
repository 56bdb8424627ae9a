import type { Knowledge } from '../placement/knowledge.ts'
import { kind as distributorKind } from '../placement/keys.ts'
import { listDistributor } from '../placement/distributor/listed.ts'
import { readNode } from '../placement/nodes/nodes.ts'
import { readPlacedPod } from '../placement/seats/placed-pod.ts'
import type { Manifests, Trouble } from './read.ts'

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
  revisions.replace(ofKind('Pod').map(({ object }) => readPlacedPod(object)).filter(pod => pod !== undefined))
  const mistakes = listed.flatMap(({ where, one: { outcome } }) =>
    'mistakes' in outcome ? outcome.mistakes.map(({ path, message }) => `${where}: ${path === '' ? '' : `${path}: `}${message}`) : [])
  return [...troubles, ...mistakes, ...twice, ...nameless]
}
