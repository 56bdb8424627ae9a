import { createLeadership, type Leadership } from '../../src/controllers/leadership.ts'
import type { Post } from '../../src/controllers/hand-over.ts'
import type { Follower } from '../../src/controllers/followers.ts'
import type { Leader } from '../../src/cluster/lease.ts'
import type { Knowledge } from '../../src/placement/knowledge.ts'
import { createWorld } from '../election/world.ts'
import { know } from '../placement/known.ts'

/** One replica of several that share a Lease. */
export interface Replica {
  readonly self: Follower
  readonly knowledge: Knowledge
  readonly leadership: Leadership
  ready: boolean
}

/** Replicas whose Lease is a variable, and whose calls to each other are calls. `cut`: what is asked by this path does not arrive; `lost`: it does, and its answer does not. */
export function createReplicas(...names: readonly string[]) {
  const world = createWorld()
  const replicas = new Map<string, Replica>()
  const state = { holder: names[0] ?? '', cut: '', lost: '', lease: true }
  const calls: string[] = []
  const post: Post = async (url, path, body) => {
    calls.push(`${url}${path}`)
    const replica = replicas.get(url)
    if (replica === undefined) throw Object.assign(new Error(`${url}${path}: nobody is there`), { failure: 'refused' })
    if (state.cut === path) throw new Error(`${url}${path}: cut`)
    const answer = await receive(replica.leadership, path, body)
    if (state.lost === path) throw new Error(`${url}${path}: no answer`)
    return Array.isArray(answer) ? { status: 200, text: JSON.stringify(answer) } : { status: statusOf(answer), text: '' }
  }
  for (const name of names) {
    const self = { identity: name, url: name, ready: true }
    const knowledge = know()
    const replica: Replica = {
      self, knowledge, ready: true,
      leadership: createLeadership({
        self, post, peersIn: text => (text === '' ? [] : JSON.parse(text)), revisions: knowledge.revisions, isReady: () => replica.ready, holds: () => [], clock: world.machine().clock,
        log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
        election: {
          isLeader: () => state.holder === name,
          leader: () => replicas.get(state.holder)?.self,
          takeFrom: async identity => {
            if (!state.lease || state.holder !== identity) return false
            state.holder = name
            return true
          },
          yield: to => { state.holder = to.identity },
          look: () => Promise.resolve(),
          stop: async () => { if (state.holder === name) state.holder = '' },
        },
      }),
    }
    replicas.set(name, replica)
  }
  return { world, state, calls, all: [...replicas.values()], gone: (name: string) => replicas.delete(name) }
}

function statusOf(answer: unknown): number {
  return answer === true || answer === 'taken' ? 204 : answer === 'not-taken' ? 503 : 409
}

async function receive(leadership: Leadership, path: string, body: unknown): Promise<unknown> {
  const sent: Follower & { readonly reservations: readonly unknown[] } = JSON.parse(JSON.stringify(body))
  if (path === '/hello') return leadership.hello(sent)
  const from: Leader = sent
  return path === '/lead' ? leadership.takeLead(from) : leadership.takeSeats(sent.reservations)
}
