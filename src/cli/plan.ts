import type { Listed } from '../placement/distributor/listed.ts'
import type { PodDistributor } from '../placement/distributor/distributor.ts'
import { deviationBound, ideal } from '../placement/seats/ideal.ts'
import { createSequence } from '../placement/seats/sequence.ts'
import type { Environment } from './configuration.ts'
import { openKnowledge, type KnowledgeFlags } from './open-knowledge.ts'
import { startsAnywhere } from '../placement/distributor/plan.ts'
import { printAs } from './print-as.ts'
import { bar, table } from './table.ts'
import { messageOf } from './message-of.ts'
import type { planOutputs } from './output-formats.ts'
import { printable } from './printable.ts'

export interface PlanFlags extends KnowledgeFlags {
  readonly name?: string
  readonly namespace?: string
  readonly replicas: number
  readonly output: typeof planOutputs[number]
}

export interface PlanIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

/** One distributor's placement at each size: what it gives and how far that is from the ideal. */
interface Outlook {
  readonly namespace: string
  readonly distributor: string
  /** The proven bound on the deviation at every size; absent where each workload starts at another place in the sequence. */
  readonly bound?: number
  /** The group of each seat. */
  readonly sequence: readonly string[]
  readonly sizes: readonly { readonly replicas: number, readonly pods: Readonly<Record<string, number>>, readonly deviation: number }[]
}

/**
 * `versprei plan`: the sequence of each distributor, or of the one that is named, and what it makes of 1 … N replicas; by the
 * server's own code. Returns the exit code: 1 when there is no such distributor or something is wrong with one, 2 when there is
 * nothing to learn from: a wrong flag, no such folder, a cluster that does not answer.
 */
export async function plan(flags: PlanFlags, io: PlanIo): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei plan: ${printable(line)}\n`)
  try {
    const opened = await openKnowledge(flags, io.environment)
    if ('mistakes' in opened) {
      for (const mistake of opened.mistakes) tell(mistake)
      return 2
    }
    const { knowledge, troubles } = opened
    for (const trouble of troubles) tell(trouble)
    const all = [...knowledge.distributors.all()]
    const valid = all.filter(one => isMeant(one, flags)).flatMap(({ outcome }) => ('plan' in outcome ? [outcome.plan.distributor] : []))
    if (valid.length === 0) {
      const known = all.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')
      tell(`there is no valid PodDistributor${flags.name === undefined ? '' : ` ${flags.name}`}; known: ${known === '' ? 'none' : known}`)
      return 1
    }
    const outlooks = valid.map(distributor => outlook(distributor, flags.replicas))
    io.stdout(printAs(flags.output, outlooks, () => outlooks.map(draw).join('\n')))
    return troubles.length === 0 ? 0 : 1
  } catch (error) {
    tell(messageOf(error))
    return 1
  }
}

function isMeant({ namespace, name }: Listed, flags: PlanFlags): boolean {
  return (flags.name === undefined || name === flags.name) && (flags.namespace === undefined || namespace === flags.namespace)
}

function outlook(distributor: PodDistributor, replicas: number): Outlook {
  const { groups } = distributor
  const sequence = createSequence(groups)
  const counts = groups.map(() => 0)
  const sizes = Array.from({ length: replicas }, (_, seat) => {
    const group = sequence.groupOf(seat)
    counts[group] = (counts[group] ?? 0) + 1
    const wanted = ideal(groups, seat + 1)
    const deviation = Math.max(...counts.map((count, index) => Math.abs(count - (wanted[index] ?? 0))))
    return { replicas: seat + 1, pods: Object.fromEntries(groups.map(({ name }, index) => [name, counts[index] ?? 0])), deviation }
  })
  return {
    namespace: distributor.namespace, distributor: distributor.name,
    ...(startsAnywhere(distributor) ? {} : { bound: deviationBound(groups) }),
    sequence: sizes.map((_, seat) => groups[sequence.groupOf(seat)]?.name ?? ''), sizes,
  }
}

const barWidth = 40

function draw({ namespace, distributor, bound, sequence, sizes }: Outlook): string {
  const groups = Object.keys(sizes[0]?.pods ?? {})
  const rows = sizes.map(({ replicas, pods, deviation }, index) =>
    [String(replicas), sequence[index] ?? '', ...groups.map(group => String(pods[group])), deviation.toFixed(2)])
  const last = sizes.at(-1)
  const bars = groups.map(group => [group, String(last?.pods[group] ?? 0), bar((last?.pods[group] ?? 0) / (last?.replicas ?? 1), barWidth)])
  const promise = bound === undefined
    ? 'each workload starts at another place in the sequence and is less than 2 pods from the ideal; from its start:'
    : `never more than ${bound.toFixed(2)} pods from the ideal`
  return [
    `${namespace}/${distributor}: ${promise}\n\n`,
    table(['REPLICAS', 'LAST SEAT', ...groups.map(group => group.toUpperCase()), 'DEVIATION'], rows),
    '\n',
    table(['GROUP', `OF ${last?.replicas ?? 0}`, ''], bars),
  ].join('')
}
