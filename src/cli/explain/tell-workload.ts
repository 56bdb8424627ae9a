import { count } from '../../survey/count.ts'
import type { RevisionExplanation, WorkloadExplanation } from '../../survey/explain/explain-workload.ts'
import type { Forecast } from '../../survey/explain/forecast.ts'
import type { GroupStanding } from '../../survey/explain/revision-standing.ts'
import type { SkipReason } from '../../placement/scope.ts'
import type { Wrong } from '../../survey/explain/wrong.ts'
import { printable } from '../printable.ts'
import { someOf } from '../some-of.ts'
import { bar, table } from '../table.ts'
import { tellWrong } from './tell-wrong.ts'
import { labelled, percent, ranges, tellDecider, unforeseenWords } from './words.ts'

type Row = readonly [label: string, text: string]

/** How a workload stands: who decides, each revision's groups as bars, what stands wrong, and what other replicas would make of it. */
export function tellWorkload(workload: WorkloadExplanation): string {
  const { revisions, verdict, wrong, forecast, unforeseen } = workload
  const rows = [...verdictRows(workload), ...besideRows(workload)]
  const isOne = revisions.length === 1
  return [
    `${printable(headline(workload))}\n`,
    ...rows.length === 0 ? [] : [`\n${labelled(rows)}`],
    ...revisions.filter(({ groups }) => groups.length > 0).map(revision => `\n${drawRevision(revision, isOne)}`),
    ...wrong === undefined ? []
      : tellWrong(verdict.kind === 'left-alone' ? withoutReason(wrong, verdict.reason) : wrong).map(text => `\n${text}`),
    ...forecast === undefined ? [] : [`\n${tellForecast(forecast)}`],
    ...unforeseen === undefined ? [] : [`\n${tellUnforeseen(unforeseen)}`],
  ].join('')
}

/** What is told of the whole workload is not told again of its pods. */
function withoutReason(wrong: Wrong, reason: SkipReason): Wrong {
  return { ...wrong, leftAlone: wrong.leftAlone.filter(one => one.reason !== reason) }
}

function headline(workload: WorkloadExplanation): string {
  const { kind, namespace, name, replicas, wrong } = workload
  const size = [
    ...replicas === undefined ? [] : [`${count(replicas, 'replica')} wanted`],
    wrong === undefined ? 'its pods could not be read' : count(podsOf(workload), 'pod'),
    ...isRight(workload) ? ['all where they should be'] : [],
  ]
  return `${kind} ${namespace}/${name}: ${size.join(', ')}.`
}

function podsOf({ revisions }: WorkloadExplanation): number {
  return revisions.reduce((sum, { pods }) => sum + pods, 0)
}

/** Whether all its pods are there, and each is known to stand in a group that is wanted. */
function isRight(workload: WorkloadExplanation): boolean {
  const { verdict, replicas, wrong, unread } = workload
  const pods = podsOf(workload)
  if (verdict.kind !== 'placed' || wrong === undefined || unread.length > 0) return false
  const { surplus, outside, strays, pending, stale, leftAlone, unsure } = wrong
  const off = [outside, strays, pending, stale, leftAlone, unsure]
  return pods > 0 && pods === (replicas ?? pods) && surplus === 0 && off.every(some => some.length === 0)
}

function verdictRows({ verdict, ruledOut, owner }: WorkloadExplanation): readonly Row[] {
  const shared: readonly Row[] = [
    ...owner === undefined ? [] : [['Owner', owner] as const],
    ...ruledOut.length === 0 ? [] : [['Ruled out', `${someOf(ruledOut)}: by its pods' own nodeSelector or affinity`] as const],
  ]
  switch (verdict.kind) {
    case 'placed': return [['Placed by', tellDecider(verdict.distributor, verdict.isRequired)], ...shared]
    case 'audited': return [['Audited', `${tellDecider(verdict.distributor)} is only tried, and changes no pod`], ...shared]
    case 'unknown': return [
      ['Placed by', `not known: ${verdict.because === 'unread' ? 'the PodDistributors could not be read' : 'it has made no pods yet'}`],
      ...shared,
    ]
    case 'left-alone': return [
      ['Left alone', `${verdict.means} (${verdict.reason})`],
      ...verdict.warning === undefined ? [] : [['', verdict.warning] as const],
      ['To do', verdict.advice],
      ...verdict.distributor === undefined ? [] : [['Else', `${tellDecider(verdict.distributor)} would decide for it`] as const],
      ...shared,
    ]
    default: return verdict satisfies never
  }
}

function besideRows({ beside, verdict }: WorkloadExplanation): readonly Row[] {
  const isNone = verdict.kind === 'left-alone' && verdict.reason === 'no-distributor'
  if (isNone && beside.length === 0) return [['There are', 'no PodDistributors in its namespace']]
  return beside.slice(0, 5).map(({ name, target, why }): Row =>
    (isNone ? ['There are', `${name}: ${why}`] : ['Not by', `PodDistributor ${name} (${target}), which targets it too: ${why}`]))
}

/** As wide as the fullest group's bar. */
const barWidth = 40

/** A bar: what is there, and what it lacks or has too many of. */
function drawBar({ pods, wanted }: GroupStanding, most: number): string {
  if (most === 0) return ''
  const width = (number: number): number => Math.round((number / most) * barWidth)
  if (pods === wanted) return bar(pods / most, barWidth)
  const [right, whole] = [width(Math.min(pods, wanted)), Math.max(width(Math.max(pods, wanted)), width(Math.min(pods, wanted)) + 1)]
  return '█'.repeat(right) + (pods < wanted ? '░' : '▓').repeat(whole - right)
}

function drawRevision({ owner, isCurrent, pods, groups }: RevisionExplanation, isOne: boolean): string {
  const most = Math.max(0, ...groups.flatMap(group => [group.pods, group.wanted]))
  const rows = groups.map(group => [
    group.name, percent(group.share), String(group.wanted), String(group.pods), group.nodes === undefined ? '?' : String(group.nodes),
    drawBar(group, most),
  ])
  const isOff = groups.some(group => group.pods !== group.wanted)
  const which = isOne ? '' : isCurrent ? ' (current)' : ' (going)'
  return [
    `${printable(owner)}${which}: ${count(pods, 'pod')}\n`, table(['GROUP', 'SHARE', 'WANTED', 'PODS', 'NODES', ''], rows),
    ...isOff ? ['(░ lacks, ▓ has too many)\n'] : [],
  ].join('')
}

function tellUnforeseen({ replicas, because }: NonNullable<WorkloadExplanation['unforeseen']>): string {
  return `At ${count(replicas, 'replica')}: not foreseen: ${unforeseenWords[because]}\n`
}

function tellForecast({ replicas, pods, groups, comes, goes, seatless, endsRollout }: Forecast): string {
  const rows = groups.map(({ name, now, after }) =>
    [name, String(now), String(after), after === now ? '' : `${after > now ? '+' : '−'}${Math.abs(after - now)}`])
  const seated = goes.flatMap(({ seat }) => (seat === undefined ? [] : [seat]))
  const others = goes.length - seated.length
  const lines = [
    ...endsRollout ? ['that is the current revision once the rolling update has ended'] : [],
    ...comes.length === 0 ? [] : [`${count(comes.length, 'pod comes', 'pods come')}, on seats ${ranges(comes)}`],
    ...seated.length === 0 ? [] : [`${count(seated.length, 'pod goes', 'pods go')}, from seats ${ranges(seated)}`],
    ...others === 0 ? [] : [count(others, 'pod without a seat goes', 'pods without a seat go')],
    ...seatless === 0 ? [] : [count(seatless, 'pod stays that holds no seat', 'pods stay that hold no seat')],
    ...comes.length + goes.length === 0 ? [`nothing comes or goes: it has ${count(pods, 'pod')}`] : [],
  ]
  return `At ${count(replicas, 'replica')}:\n${table(['GROUP', 'NOW', 'AFTER', ''], rows)}${lines.map(line => `${line}\n`).join('')}`
}
