import { asMap } from '../../placement/is-map.ts'
import { explainPod, type PodExplanation, type SchedulerWord } from '../../survey/explain/explain-pod.ts'
import { knowledgeOf } from '../../survey/explain/knowledge.ts'
import { readSeenPod, type SeenPod } from '../../survey/explain/seen-pod.ts'
import { readOwnerChain, type Link } from './owner-chain.ts'
import type { Reader } from './reader.ts'
import { registeredFor } from './registered-for.ts'
import { selectorText } from './selector-text.ts'

const pods = { group: '', version: 'v1', plural: 'pods' } as const

/** Explains a pod that is there; what that takes is read now. Undefined for what is no pod. */
export async function explainPodOf(reader: Reader, namespace: string, object: unknown): Promise<PodExplanation | undefined> {
  const seen = readSeenPod(object)
  if (seen === undefined) return undefined
  const [chain, distributors, nodes, registered, schedulerSaid] = await Promise.all([
    readOwnerChain(reader, namespace, seen.surveyed.owner), reader.distributors(), reader.nodes(),
    registeredFor(reader, [seen]), readSchedulerWord(reader, seen),
  ])
  const siblings = await readSiblings(reader, seen, chain[0])
  const explanation = explainPod({
    seen, object, siblings: siblings ?? [seen], schedulerSaid, registration: registered.registration,
    owners: chain.map(({ owner: { kind, name }, isGone }) => ({ kind, name: isGone ? `${name} (gone)` : name })),
    template: asMap(asMap(chain[0]?.object)['spec'])['template'],
    knowledge: knowledgeOf({ distributors, nodes, ownNamespace: registered.ownNamespace, pods: siblings }),
  })
  const { strayCause = 'younger-distributor' } = explanation
  if (strayCause !== 'younger-distributor' && registered.registration.kind === 'unknown') reader.miss(registered.unread)
  return explanation
}

/** The pods of the same owner, by its selector where that is known; undefined where they may not be read. */
async function readSiblings(reader: Reader, seen: SeenPod, link: Link | undefined): Promise<readonly SeenPod[] | undefined> {
  if (link === undefined) return [seen]
  const labelSelector = selectorText(asMap(asMap(link.object)['spec'])['selector'])
  const keep = (object: unknown): SeenPod | undefined => {
    const one = readSeenPod(object)
    return one?.surveyed.owner?.uid === link.owner.uid ? one : undefined
  }
  const listed = await reader.list(pods, { keep, ...labelSelector === undefined ? {} : { labelSelector } })
  if (listed === undefined) return undefined
  return listed.some(({ surveyed: { uid } }) => uid === seen.surveyed.uid) ? listed : [...listed, seen]
}

async function readSchedulerWord(reader: Reader, { surveyed }: SeenPod): Promise<SchedulerWord | undefined> {
  const { uid, node, unschedulable, phase } = surveyed
  if (node !== undefined || phase !== 'Pending') return undefined
  const event = await reader.failedScheduling(uid)
  return { ...unschedulable === undefined ? {} : { message: unschedulable }, ...event === undefined ? {} : { event } }
}
