import { systemClock } from '../cluster/clock.ts'
import { connect } from '../cluster/connection.ts'
import { followCluster } from '../cluster/follow.ts'
import { learn } from '../manifests/learn.ts'
import { readManifests } from '../manifests/read.ts'
import { createKnowledge, type Knowledge } from '../placement/knowledge.ts'
import { sourceOf } from './cluster-source.ts'
import type { Environment } from './configuration.ts'
import { preflight } from './preflight.ts'

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

/** Learns everything once, as `serve` would know it at this moment. Throws one line when there is nothing to learn from. */
export async function openKnowledge(flags: KnowledgeFlags, environment: Environment): Promise<Opened> {
  const knowledge = createKnowledge()
  if (flags.manifests !== undefined) {
    if (flags.kubeconfig !== undefined || flags.context !== undefined) {
      throw new Error('--manifests needs no cluster: leave --kubeconfig and --context out')
    }
    return { knowledge, troubles: learn(knowledge, await readManifests(flags.manifests)) }
  }
  const connection = await connect(sourceOf({ ...flags, kubeconfig: flags.kubeconfig ?? environment['KUBECONFIG'] }, environment))
  try {
    const mistakes = await preflight(connection)
    if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
    const reflectors = Object.values(followCluster({ connection, knowledge, clock: systemClock, random: Math.random, log: silent }))
    for (const reflector of reflectors) reflector.start()
    await Promise.all(reflectors.map(reflector => reflector.synced))
    await Promise.all(reflectors.map(reflector => reflector.stop()))
    return { knowledge, troubles: [] }
  } finally {
    await connection.close()
  }
}
