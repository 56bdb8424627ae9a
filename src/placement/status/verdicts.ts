import type { Enforcement, Group } from '../distributor/distributor.ts'
import type { Listed } from '../distributor/listed.ts'
import type { Complained } from './reasons.ts'
import type { Verdict } from './status.ts'
import { total } from './sums.ts'
import type { Tally } from './tally.ts'

/** Characters of a message: `kubectl describe` shows it whole. What is longer is cut. */
const longest = 1000
/** So many groups are named one by one. */
const named = 4

/** The distributor that decides instead of another one. */
export type Rival = Pick<Listed, 'name' | 'created'>

/** Whether its pods are placed: the spec is valid, and it is the first of those with its target. */
export function judgeReady(
  target: string, mistakes: readonly string[], rival: Rival | undefined, enforcement: Enforcement | undefined,
): Verdict<'Ready'> {
  if (mistakes.length > 0) {
    const message = cut(`its pods are created as they are: ${mistakes.join('; ')}`)
    return { type: 'Ready', status: 'False', reason: 'InvalidSpec', message }
  }
  if (rival !== undefined) return { type: 'Ready', status: 'False', reason: 'Conflicted', message: `${rival.name} decides for ${target}` }
  return enforcement === 'Audit'
    ? { type: 'Ready', status: 'True', reason: 'Auditing', message: `decides for ${target} and changes no pod: enforcement is Audit` }
    : { type: 'Ready', status: 'True', reason: 'Placing', message: `places the new pods of ${target}` }
}

/** Whether another distributor with the same target is before this one. */
export function judgeConflict(listed: Rival, target: string, rival: Rival | undefined): Verdict<'Conflicted'> {
  if (rival === undefined) {
    return {
      type: 'Conflicted', status: 'False', reason: 'NoConflict',
      message: 'no other PodDistributor that is before it selects the same pods',
    }
  }
  const why = rival.created < listed.created ? 'it is older' : 'they are of the same age, and its name comes first'
  const message = `${rival.name} decides for ${target}: ${why}; delete one of the two, or tell their pods apart by podSelector`
  return { type: 'Conflicted', status: 'True', reason: 'AnotherDecides', message }
}

/** Whether something is the matter that its owner should know of; the reason is the gravest of all. */
export function judgeDegraded(complained: readonly Complained[]): Verdict<'Degraded'> {
  const [first] = complained
  if (first === undefined) return { type: 'Degraded', status: 'False', reason: 'AsExpected', message: 'nothing is known to be the matter' }
  return { type: 'Degraded', status: 'True', reason: first.complaint, message: cut(complained.map(({ detail }) => detail).join('; ')) }
}

/**
 * Whether every group of every revision has the pods of the first seats, and no pod of the target is a stray. Undefined: nothing is
 * counted.
 */
export function judgeBalanced(
  groups: readonly Group[], counted: Tally | undefined, enforcement: Enforcement | undefined,
): Verdict<'Balanced'> {
  const type = 'Balanced'
  if (counted === undefined) return { type, status: 'Unknown', reason: 'NotDeciding', message: 'it decides for no pod now, see Ready' }
  const isAudit = enforcement === 'Audit'
  if (counted.pods === 0) return { type, status: 'True', reason: 'NoPods', message: 'there are no pods' }
  const wrong = total(counted.surplus) + counted.groupless
  if (wrong === 0 && counted.strays === 0) {
    const shares = groups.length > named ? `${groups.length} groups`
      : groups.map(({ name }, group) => `${name} has ${counted.assigned[group] ?? 0}`).join(', ')
    const where = isAudit ? 'where it would have placed them' : 'on the first seats'
    const message = cut(`${pods(counted.pods, 'stands', 'stand')} ${where}: ${shares}`)
    return { type, status: 'True', reason: isAudit ? 'AuditInShares' : 'InShares', message }
  }
  const message = cut([
    ...wrong > 0 ? [tellWrong(groups, counted, wrong)] : [], ...counted.strays > 0 ? [tellStrays(counted.strays, isAudit)] : [],
  ].join('; '))
  if (isAudit) return { type, status: 'False', reason: 'AuditPodsStandWrong', message }
  return { type, status: 'False', reason: wrong > 0 ? 'PodsStandWrong' : 'Strays', message }
}

function tellWrong(
  groups: readonly Group[], { surplus, assigned, wanted, revisions, wrongRevisions, groupless }: Tally, wrong: number,
): string {
  const over = groups.flatMap(({ name }, group) => {
    const more = surplus[group] ?? 0
    if (more === 0) return []
    return [revisions === 1 ? `${name} has ${assigned[group] ?? 0}, wanted ${wanted[group] ?? 0}` : `${name} has ${more} too many`]
  })
  const parts = [
    ...over.slice(0, named),
    ...over.length > named ? [`and so ${over.length - named} more groups`] : [],
    ...groupless > 0 ? [`${pods(groupless, 'is', 'are')} of a group that is there no more`] : [],
  ]
  const where = revisions > 1 ? ` in ${wrongRevisions} of ${revisions} revisions` : ''
  return `${pods(wrong, 'stands', 'stand')} wrong${where}: ${parts.join('; ')}`
}

function tellStrays(strays: number, isAudit: boolean): string {
  return isAudit ? `${pods(strays, 'stands', 'stand')} in no group` : `${pods(strays, 'was', 'were')} placed by no admission`
}

function pods(count: number, one: string, many: string): string {
  return count === 1 ? `1 pod ${one}` : `${count} pods ${many}`
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
