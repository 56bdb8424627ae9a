import type { ClusterFlags } from '../cluster-flags.ts'
import type { Environment } from '../configuration.ts'
import { systemClock } from '../../cluster/clock.ts'
import type { PodExplanation } from '../../survey/explain/explain-pod.ts'
import type { WorkloadExplanation } from '../../survey/explain/explain-workload.ts'
import { readMetadata } from '../../survey/read-metadata.ts'
import { resourceOf } from '../../survey/workload-kinds.ts'
import { messageOf } from '../message-of.ts'
import { printable } from '../printable.ts'
import { openCluster } from '../survey/open-cluster.ts'
import { closeNames } from './close-names.ts'
import { print, type ExplainOutput } from './print.ts'
import { explainPodOf } from './read-pod-facts.ts'
import { explainWorkloadOf } from './read-workload-facts.ts'
import { createReader, type Reader } from './reader.ts'
import { parseSubject, type Subject } from './subject.ts'

export interface ExplainFlags extends ClusterFlags {
  /** `pod/NAME`, or `pod` and `NAME`. */
  readonly object: readonly string[]
  readonly namespace?: string
  readonly replicas?: number
  readonly output: ExplainOutput
}

export interface ExplainIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
}

/**
 * `versprei explain`: why a pod stands where it stands, or how a workload does. It reads, and judges by the server's own code. Returns the
 * exit code: 1 when there is no such object or something may not be read, 2 for wrong usage, or an API server that fails or is not
 * reached.
 */
export async function explain(flags: ExplainFlags, io: ExplainIo): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei explain: ${printable(line)}\n`)
  const subject = parseSubject(flags.object)
  const mistake = 'mistake' in subject ? subject.mistake : unscaled(subject, flags)
  if ('mistake' in subject || mistake !== undefined) {
    tell(mistake ?? '')
    return 2
  }
  const connection = await openCluster(flags, io.environment, systemClock)
  if ('mistakes' in connection) {
    for (const one of connection.mistakes) tell(one)
    return 2
  }
  try {
    const namespace = flags.namespace ?? connection.namespace
    const reader = createReader(connection, namespace)
    const explanation = await explainSubject(reader, { ...subject, namespace, replicas: flags.replicas, now: io.now().getTime() })
    const missing = reader.missing()
    if (typeof explanation !== 'string') io.stdout(print(explanation, missing, flags.output))
    for (const line of typeof explanation === 'string' ? [explanation, ...missing] : missing) tell(line)
    return typeof explanation === 'string' || missing.length > 0 ? 1 : 0
  } catch (error) {
    tell(messageOf(error))
    return 2
  } finally {
    await connection.close()
  }
}

function unscaled({ kind }: Subject, { replicas }: ExplainFlags): string | undefined {
  return replicas !== undefined && (kind === 'Pod' || kind === 'Job') ? `--replicas: a ${kind} has no replicas to scale` : undefined
}

interface Asked extends Subject {
  readonly namespace: string
  readonly replicas: number | undefined
  readonly now: number
}

/** Or why there is nothing to explain. */
async function explainSubject(reader: Reader, asked: Asked): Promise<PodExplanation | WorkloadExplanation | string> {
  const { kind, name, namespace, replicas, now } = asked
  const resource = kind === 'Pod' ? { group: '', version: 'v1', plural: 'pods' } : resourceOf(kind)
  const found = await reader.ask({ verb: 'get', group: resource.group, resource: resource.plural, namespace, name })
  if (found.kind === 'forbidden') return `${kind} ${namespace}/${name}: you may not ${found.right}`
  if (found.kind !== 'found') {
    const there = await reader.list(resource, { metadataOnly: true, keep: object => readMetadata(object)?.name })
    const close = closeNames(name, there ?? [])
    return `there is no ${kind} ${namespace}/${name}${close.length === 0 ? '' : `; did you mean ${close.join(', ')}?`}`
  }
  const explanation = kind === 'Pod' ? await explainPodOf(reader, namespace, found.value)
    : await explainWorkloadOf(reader, { kind, namespace, object: found.value, replicas, now })
  return explanation ?? `${kind} ${namespace}/${name}: what the API server sent is no object`
}
