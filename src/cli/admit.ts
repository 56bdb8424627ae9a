import { readFile } from 'node:fs/promises'
import { parseManifests, type Manifest, type Manifests } from '../manifests/read.ts'
import { decide, type Decision, type Placement } from '../placement/decide.ts'
import type { PodDistributor } from '../placement/distributor/distributor.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import { tellExpression } from '../survey/explain/tell-expression.ts'
import { applyPatch } from './apply-patch.ts'
import type { Environment } from './configuration.ts'
import { openKnowledge, type KnowledgeFlags } from './open-knowledge.ts'
import { startsAnywhere } from '../placement/distributor/plan.ts'
import { podsOf, workloadKinds, type PodToAdmit } from './pods-of.ts'
import { printAs } from './print-as.ts'
import { table } from './table.ts'
import { messageOf } from './message-of.ts'
import type { admitOutputs } from './output-formats.ts'
import { printable } from './printable.ts'

export interface AdmitFlags extends KnowledgeFlags {
  readonly files: readonly string[]
  readonly replicas?: number
  readonly output: typeof admitOutputs[number]
}

export interface AdmitIo {
  readonly environment: Environment
  readonly stdin: () => Promise<string>
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
}

interface Admitted {
  readonly pod: PodToAdmit
  readonly decision: Decision
}

/**
 * `versprei admit`: what the server would answer for these pods, and for the pods of these workloads; by the server's own
 * code, but nothing is sent anywhere. Returns the exit code: 1 when something cannot be understood, a pod is left alone for a
 * reason that its owner should mend; 2 when a file or a flag is wrong, or the cluster does not answer.
 */
export async function admit(flags: AdmitFlags, io: AdmitIo): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei admit: ${printable(line)}\n`)
  try {
    const { manifests, troubles, unreadable } = await readAll(flags.files, io)
    const opened = await openKnowledge(flags, io.environment)
    if ('mistakes' in opened || unreadable.length > 0) {
      for (const mistake of [...unreadable, ...('mistakes' in opened ? opened.mistakes : [])]) tell(mistake)
      return 2
    }
    for (const trouble of [...opened.troubles, ...troubles]) tell(trouble)
    const pods = manifests.flatMap(manifest => {
      const found = podsOf(manifest.object, flags.replicas)
      if (found === undefined) tell(passedOver(manifest))
      return found ?? []
    })
    const admitted = pods.map((pod, index): Admitted => ({ pod, decision: decideFor(opened.knowledge, pod, index, io.now()) }))
    io.stdout(print(admitted, flags.output, opened.knowledge))
    if (flags.output === 'table') for (const note of notes(admitted, opened.knowledge)) tell(note)
    const hasWarning = admitted.some(({ decision }) => decision.kind === 'skip' && decision.warning !== undefined)
    return troubles.length + opened.troubles.length > 0 || hasWarning ? 1 : 0
  } catch (error) {
    tell(messageOf(error))
    return 1
  }
}

interface Input extends Manifests {
  /** Of files that are not there, or are none. */
  readonly unreadable: readonly string[]
}

async function readAll(files: readonly string[], io: AdmitIo): Promise<Input> {
  const all = await Promise.all((files.length === 0 ? ['-'] : files).map(file => readOne(file, io)))
  const manifests = all.flatMap(one => one.manifests)
  const troubles = all.flatMap(one => one.troubles)
  return {
    manifests, troubles: manifests.length + troubles.length === 0 ? ['there is no object to admit'] : troubles,
    unreadable: all.flatMap(one => one.unreadable),
  }
}

async function readOne(file: string, io: AdmitIo): Promise<Input> {
  if (file === '-') return { ...parseManifests('standard input', await io.stdin()), unreadable: [] }
  try {
    return { ...parseManifests(file, await readFile(file, 'utf8')), unreadable: [] }
  } catch (error) {
    const why = messageOf(error)
    return { manifests: [], troubles: [], unreadable: [`${file} cannot be read: ${why}`] }
  }
}

function passedOver({ where, object }: Manifest): string {
  return `${where}: ${String(object['kind'])} is passed over; pods are known of Pod, ${workloadKinds.join(', ')} and List`
}

function decideFor(knowledge: Knowledge, { namespace, object }: PodToAdmit, index: number, now: Date): Decision {
  // Reserved as in the server: each pod sees the ones before it.
  const request = {
    uid: `admit-${index}`, operation: 'CREATE', kind: { group: '', kind: 'Pod' }, subResource: '', namespace, dryRun: false, object,
  }
  return decide(knowledge, request, now.getTime())
}

function print(admitted: readonly Admitted[], output: AdmitFlags['output'], knowledge: Knowledge): string {
  if (output === 'patch') {
    return admitted.map(({ decision }) => `${JSON.stringify(decision.patch ?? [])}\n`).join('')
  }
  const items = admitted.map(({ pod, decision }) => applyPatch(pod.object, decision.patch ?? []))
  const list = items.length === 1 ? items[0] : { apiVersion: 'v1', kind: 'List', items }
  return printAs(output, list, () => table(['POD', 'GROUP', 'SEAT', 'NODE LABELS'], admitted.map(one => row(one, knowledge))))
}

function row({ pod, decision }: Admitted, { distributors }: Knowledge): readonly string[] {
  const name = `${pod.namespace}/${pod.name}`
  if (decision.kind === 'skip') {
    return [name, '-', '-', `left alone: ${decision.reason}${decision.warning === undefined ? '' : ` (${decision.warning})`}`]
  }
  const groups = distributorOf(pod, decision, distributors)?.groups ?? []
  const expressions = groups.find(group => group.name === decision.group)?.expressions ?? []
  return [name, decision.group, String(decision.seat), expressions.map(tellExpression).join(', ')]
}

function distributorOf(
  { namespace }: PodToAdmit, { distributor }: Placement, distributors: Knowledge['distributors'],
): PodDistributor | undefined {
  const listed = [...distributors.all()].find(one => one.namespace === namespace && one.name === distributor)
  return listed !== undefined && 'plan' in listed.outcome ? listed.outcome.plan.distributor : undefined
}

/** What the table cannot say: where such a workload starts goes by a uid that only the API server gives. */
function notes(admitted: readonly Admitted[], { distributors }: Knowledge): ReadonlySet<string> {
  const used = admitted.map(({ pod, decision }) => (decision.kind === 'place' ? distributorOf(pod, decision, distributors) : undefined))
  return new Set(used.filter(one => one !== undefined).filter(startsAnywhere).map(({ namespace, name }) =>
    `${namespace}/${name}: each workload starts at another place in the sequence, by its uid, and is less than 2 pods from the `
    + 'ideal; the server may choose other groups than these'))
}
