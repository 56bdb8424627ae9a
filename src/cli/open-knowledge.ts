import { systemClock } from '../cluster/clock.ts'
import { connect, type Connection } from '../cluster/connection.ts'
import { followCluster } from '../cluster/follow.ts'
import { learn } from '../manifests/learn.ts'
import { readManifests } from '../manifests/read.ts'
import { createKnowledge, type Knowledge } from '../placement/knowledge.ts'
import { sourceOf } from './cluster-source.ts'
import type { Environment } from './configuration.ts'
import { preflight } from './preflight.ts'
import { unreadableFolder } from './prepare.ts'

/** Where a command looks for distributors: a folder of manifests, or else a cluster. */
export interface KnowledgeFlags {
  readonly manifests?: string
  readonly kubeconfig?: string
  readonly context?: string
}

/** What was found, and what is wrong with some of it. */
export interface Opened {
  readonly knowledge: Knowledge
  readonly troubles: readonly string[]
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/**
 * Learns everything once, as `serve` would know it at this moment; or lists what is wrong with the flags and what they name, the
 * cluster included.
 */
export async function openKnowledge(
  flags: KnowledgeFlags, environment: Environment,
): Promise<Opened | { readonly mistakes: readonly string[] }> {
  const knowledge = createKnowledge()
  if (flags.manifests === undefined) return openCluster(knowledge, flags, environment)
  const contradictions = (['kubeconfig', 'context'] as const).filter(name => flags[name] !== undefined)
    .map(name => `--${name}: needs a cluster, and --manifests does without one; leave one of them out`)
  if (contradictions.length > 0) return { mistakes: contradictions }
  try {
    return { knowledge, troubles: learn(knowledge, await readManifests(flags.manifests)) }
  } catch (error) {
    return { mistakes: [unreadableFolder('--manifests', flags.manifests, error)] }
  }
}

async function openCluster(knowledge: Knowledge, flags: KnowledgeFlags, environment: Environment): ReturnType<typeof openKnowledge> {
  let connection: Connection
  try {
    connection = await connect(sourceOf({ ...flags, kubeconfig: flags.kubeconfig ?? environment['KUBECONFIG'] }, environment))
  } catch (error) {
    return { mistakes: [error instanceof Error ? error.message : String(error)] }
  }
  try {
    const mistakes = await preflight(connection)
    if (mistakes.length > 0) return { mistakes }
    const reflectors = Object.values(followCluster({ connection, knowledge, clock: systemClock, random: Math.random, log: silent }))
    for (const reflector of reflectors) reflector.start()
    await Promise.all(reflectors.map(reflector => reflector.synced))
    await Promise.all(reflectors.map(reflector => reflector.stop()))
    return { knowledge, troubles: [] }
  } finally {
    await connection.close()
  }
}
