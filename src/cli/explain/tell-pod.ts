import type { PodExplanation } from '../../survey/explain/explain-pod.ts'
import type { Audited, Fate, PlacedVerdict } from '../../survey/explain/pod-verdict.ts'
import { reasonWords } from '../../survey/explain/reason-words.ts'
import { printable } from '../printable.ts'
import { someOf } from '../some-of.ts'
import { causes, labelled, tellDecider, tellShare, troubleWords } from './words.ts'

type Row = readonly [label: string, text: string]

/** Why a pod stands where it stands, in a few lines: what it does first, then what made it so. */
export function tellPod(pod: PodExplanation): string {
  const rows = [...verdictRows(pod), ...constraintRows(pod), ...schedulerRows(pod), ...besideRows(pod)]
  return `${printable(headline(pod))}\n${rows.length === 0 ? '' : `\n${labelled(rows)}`}`
}

function headline({ namespace, name, phase, node, isLeaving, verdict }: PodExplanation): string {
  const where = phase === 'Succeeded' || phase === 'Failed' ? `has ended (${phase}) and holds no seat`
    : isLeaving ? `is on its way out${node === undefined ? '' : ` of ${node}`}: its seat is free`
      : node === undefined ? 'waits for a node' : `runs on ${node}`
  return `Pod ${namespace}/${name} ${where}${verdict.kind === 'placed' ? inGroup(verdict, node) : ''}.`
}

function inGroup({ group, isInGroup }: PlacedVerdict, node: string | undefined): string {
  if (node === undefined) return ` of its group, ${group}`
  if (isInGroup === undefined) return `, placed in group ${group}`
  return isInGroup ? `, in its group, ${group}` : `, which is not of its group, ${group}`
}

function verdictRows(pod: PodExplanation): readonly Row[] {
  const { verdict, distributor, isRequired } = pod
  const decider = distributor === undefined ? `PodDistributor ${verdict.distributor ?? ''}` : tellDecider(distributor, isRequired)
  switch (verdict.kind) {
    case 'placed': return placedRows(pod, verdict, decider)
    case 'left-alone': return [
      ['Left alone', `${pod.words?.means ?? ''} (${verdict.reason})`],
      ...verdict.warning === undefined ? [] : [['', verdict.warning] as const],
      ['To do', pod.words?.advice ?? ''],
      ...distributor === undefined ? [] : [['Else', `${decider} would decide for it`] as const],
      ...ownerRows(pod),
    ]
    case 'stray': return [
      ['Stray', 'no admission placed it'],
      ['Why', pod.strayCause === undefined ? '' : causes[pod.strayCause]],
      ['Next', tellFate(verdict.fate)],
      ['Decides', verdict.wouldBe === undefined ? decider
        : `${decider}; created now it would be in ${verdict.wouldBe.group}, on seat ${verdict.wouldBe.seat}`],
      ...ownerRows(pod), ...groupRows(pod),
    ]
    case 'audited': return [
      ['Audited', `${decider} is only tried, and changes no pod`],
      ...pod.node === undefined ? [] : [['Stands', tellStanding(verdict)] as const],
      ...verdict.wouldBe === undefined ? [] : [['Would be', `in ${verdict.wouldBe.group}, were it created now`] as const],
      ...ownerRows(pod), ...groupRows(pod),
    ]
    case 'unknown': return [['Placed by', 'not known: the PodDistributors could not be read'], ...ownerRows(pod)]
    default: return verdict satisfies never
  }
}

function tellStanding({ standing, isNodeKnown }: Audited): string {
  return isNodeKnown ? standing === undefined ? 'in none of its groups' : `in ${standing}` : 'on a node of which nothing is known'
}

function placedRows(pod: PodExplanation, verdict: PlacedVerdict, decider: string): readonly Row[] {
  const { adopted, troubles, now } = verdict
  const how = adopted === undefined ? 'as it was created' : `adopted ${new Date(adopted).toISOString().replace(/\.\d+Z$/u, 'Z')}`
  return [
    ['Placed by', `${decider}, ${how}`],
    ...groupRows(pod, verdict.group),
    ['Seat', tellSeat(pod, verdict)],
    ...ownerRows(pod),
    ...troubles.map((trouble): Row => ['But', troubleText(trouble, now)]),
  ]
}

function troubleText(trouble: PlacedVerdict['troubles'][number], now: PlacedVerdict['now']): string {
  const words = troubleWords[trouble]
  if (trouble === 'out-of-scope' && now !== undefined && 'reason' in now) {
    return `${words} (${now.reason}): ${reasonWords[now.reason].means}`
  }
  if (trouble === 'another-decides' && now !== undefined && 'distributor' in now) return `${words}: ${now.distributor}`
  return words
}

function tellSeat({ seat, unread }: PodExplanation, { seat: given }: PlacedVerdict): string {
  if (unread.length > 0 && given !== undefined) return `${given}, as it was given`
  if (seat === undefined) return given === undefined ? 'none is told' : `${given}, which is held by nobody now`
  return seat === given || given === undefined ? String(seat) : `${seat}, given ${given}`
}

function ownerRows({ owners }: PodExplanation): readonly Row[] {
  return owners.length === 0 ? [] : [['Owner', owners.join(', of ')]]
}

/** One group, or all of them. */
function groupRows({ revision, ruledOut }: PodExplanation, name?: string): readonly Row[] {
  const groups = (revision?.groups ?? []).filter(group => name === undefined || group.name === name)
  return [
    ...groups.map((group): Row => {
      const { pods, wanted, nodes } = group
      const room = nodes === 0 ? '; no node is of it' : ''
      return [name === undefined ? 'Groups' : 'Group',
        `${group.name}, ${tellShare(group)}: ${pods} of the ${revision?.pods ?? 0} placed pods of its revision, wanted ${wanted}${room}`]
    }),
    ...ruledOut.length === 0 ? [] : [['Ruled out', `${someOf(ruledOut)}: by its own nodeSelector or affinity`] as const],
  ]
}

function tellFate(fate: Fate): string {
  switch (fate.kind) {
    case 'adopted': return `it is adopted into ${fate.group}, where it stands, within half a minute`
    case 'waits': return 'it is adopted once it has a node of a group'
    case 'stays': return 'its node is of no group: it stays as it is until it is replaced'
    case 'unknown': return 'it is adopted if its node is of a group'
    default: return fate satisfies never
  }
}

function constraintRows({ constraints: { own, added, others }, unread }: PodExplanation): readonly Row[] {
  // What its group asks for is told apart by the PodDistributor alone.
  const beyond = unread.includes('distributors') ? 'Not its own' : 'Of others'
  return [
    ...own.map((text): Row => ['Its own', text]),
    ...added.map((text): Row => ['Added', text]),
    ...others.map((text): Row => [beyond, text]),
  ]
}

function schedulerRows({ schedulerSaid: said }: PodExplanation): readonly Row[] {
  if (said === undefined) return []
  const { message, event } = said
  return [
    ...message === undefined ? [] : [['Scheduler', message] as const],
    ...event === undefined || event.message === message ? [] : [['Scheduler', `${event.message} (event of ${event.at})`] as const],
    ...message === undefined && event === undefined ? [['Scheduler', 'has said nothing yet'] as const] : [],
  ]
}

function besideRows({ beside, verdict }: PodExplanation): readonly Row[] {
  const isNone = verdict.kind === 'left-alone' && verdict.reason === 'no-distributor'
  const told = beside.slice(0, 5).map(({ name, target, why }): Row =>
    (isNone ? ['There are', `${name}: ${why}`] : ['Not by', `PodDistributor ${name} (${target}), which targets it too: ${why}`]))
  return isNone && beside.length === 0 ? [['There are', 'no PodDistributors in its namespace']] : told
}
