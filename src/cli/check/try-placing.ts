import { createDistributors } from '../../placement/distributor/distributors.ts'
import { itemsOf, type Api } from './api.ts'
import { askOwnRight } from './ask-rights.ts'
import { isUnknown, type Asked, type Unknown } from './asked.ts'
import type { Judged } from './distributors.ts'
import { isEnding, optedOut, type NoTrial, type Trial } from './dry-run.ts'
import type { Right } from './right.ts'
import { findCandidate, ownersOf, type Candidate } from './try-pod.ts'

/** Of so many PodDistributors the workloads are looked for. */
const most = 20

/** Creates, by dry run, the next pod of some workload that is placed, in none of the namespaces that are `ending`. */
export async function tryPlacing(
  api: Api, all: Asked<readonly Judged[]>, ownNamespace: string, ending: readonly string[] = [],
): Promise<Trial | NoTrial> {
  const candidate = await findAny(api, all, ownNamespace, ending)
  if ('kind' in candidate) return candidate
  const { distributor: { namespace }, pod } = candidate
  const right: Right = { verb: 'create', group: '', resource: 'pods', namespace }
  const mayCreate = await askOwnRight(api, right)
  if (mayCreate.kind === 'found' && !mayCreate.value) return { candidate, mayCreate, created: { kind: 'absent' } }
  const create = (body: unknown) => api.post(right, body, { dryRun: 'All' })
  const created = await create(pod)
  if (isEnding(created)) return tryPlacing(api, all, ownNamespace, [...ending, namespace])
  return created.kind === 'found' ? { candidate, mayCreate, created }
    : { candidate, mayCreate, created, without: await create(optedOut(pod)) }
}

async function findAny(
  api: Api, all: Asked<readonly Judged[]>, ownNamespace: string, ending: readonly string[],
): Promise<Candidate | NoTrial> {
  if (isUnknown(all)) return all
  const listed = all.kind === 'found' ? all.value.map(one => one.listed) : []
  const distributors = createDistributors()
  distributors.replace(listed)
  let refusal: Unknown | undefined
  const tried = listed.flatMap(distributor => {
    const owners = ownersOf(distributor, ownNamespace)
    return owners === undefined ? [] : [{ distributor, ...owners }]
  })
  for (const { distributor, right, kind } of tried.slice(0, most)) {
    if (ending.includes(distributor.namespace)) continue
    const objects = await api.read(right)
    if (isUnknown(objects)) refusal = objects
    if (objects.kind !== 'found') continue
    const candidate = findCandidate(distributor, kind, itemsOf(objects.value), distributors)
    if (candidate !== undefined) return candidate
  }
  return refusal ?? { kind: 'none' }
}
