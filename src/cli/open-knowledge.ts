import { systemClock } from '../cluster/clock.ts'
import type { Connection } from '../cluster/connection.ts'
import { followCluster } from '../cluster/follow.ts'
import { learn } from '../manifests/learn.ts'
import { readManifests } from '../manifests/read.ts'
import { mistakesOf } from '../placement/distributor/listed.ts'
import { createKnowledge, type Knowledge } from '../placement/knowledge.ts'
import { clusterFlagNames, type ClusterFlags } from './cluster-flags.ts'
import type { Configuration, Environment } from './configuration.ts'
import { openConfigured } from './open-connection.ts'
import { preflight } from './preflight.ts'
import { parseSomeFlags } from './some-flags.ts'
import { unreadableFolder } from './unreadable-folder.ts'

/** Where a command looks for distributors: a folder of manifests, or else a cluster. */
export interface KnowledgeFlags extends ClusterFlags {
  readonly manifests?: string
}

/** What was found, and what is wrong with some of it. */
export interface Opened {
  readonly knowledge: Knowledge
  readonly troubles: readonly string[]
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** What these flags and their variables are, of those of `serve`. */
const flagNames = ['manifests', ...clusterFlagNames] as const

/** Milliseconds for the first full lists: those of a large cluster take some seconds, and no one waits longer for a failing one. */
const longestSync = 30_000

/**
 * Learns everything once, as `serve` would know it at this moment; or lists what is wrong with the flags, or the variables that `serve`
 * reads too, and with what they name, the cluster included: also when its lists are not there after `longest` milliseconds.
 */
export async function openKnowledge(
  flags: KnowledgeFlags, environment: Environment, longest = longestSync,
): Promise<Opened | { readonly mistakes: readonly string[] }> {
  const parsed = parseSomeFlags(flagNames, flags, environment)
  if ('mistakes' in parsed) return { mistakes: parsed.mistakes }
  const { configuration: { manifests, names, ...cluster } } = parsed
  const knowledge = createKnowledge()
  if (manifests === undefined) return openCluster(knowledge, cluster, environment, longest)
  try {
    return { knowledge, troubles: learn(knowledge, await readManifests(manifests)) }
  } catch (error) {
    return { mistakes: [unreadableFolder(names.manifests, manifests, error)] }
  }
}

async function openCluster(
  knowledge: Knowledge, cluster: Pick<Configuration, 'kubeconfig' | 'context'>, environment: Environment, longest: number,
): ReturnType<typeof openKnowledge> {
  const connection = await openConfigured(cluster, environment)
  if ('mistakes' in connection) return connection
  try {
    const refused = await preflight(connection)
    const mistakes = refused.length > 0 ? refused : await syncOnce(connection, knowledge, longest)
    return mistakes.length > 0 ? { mistakes } : { knowledge, troubles: troublesOf(knowledge) }
  } finally {
    await connection.close()
  }
}

/** Takes the first full lists. Returns why there is one that did not come in so many milliseconds; empty: all are there. */
async function syncOnce(connection: Connection, knowledge: Knowledge, longest: number): Promise<readonly string[]> {
  const reflectors = Object.entries(followCluster({ connection, knowledge, clock: systemClock, random: Math.random, log: silent }))
  for (const [, reflector] of reflectors) reflector.start()
  const late = Promise.withResolvers<void>()
  const cancel = systemClock.after(longest, late.resolve)
  await Promise.race([late.promise, Promise.all(reflectors.map(([, reflector]) => reflector.synced))])
  cancel()
  const mistakes = reflectors.flatMap(([resource, reflector]) => {
    const { synced, lastError } = reflector.status()
    if (synced) return []
    return [lastError?.message ?? `${connection.server}: the list of ${resource} did not come within ${longest / 1000} s`]
  })
  await Promise.all(reflectors.map(([, reflector]) => reflector.stop()))
  return mistakes
}

/** What is wrong with distributors that the API server let pass, one line a mistake. */
function troublesOf({ distributors }: Knowledge): readonly string[] {
  return [...distributors.all()].flatMap(one => mistakesOf(one).map(mistake => `${one.namespace}/${one.name}: ${mistake}`))
}
