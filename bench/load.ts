import { readFileSync } from 'node:fs'
import { Pool } from 'undici'
import { freshOwner, ownerAt, podsPerOwner, reviewBody, uid, type Owner, type PlacedPod, type World } from './world.ts'

/** Reviews of one measurement, each for another pod, and the answers to them. */
export interface Load {
  readonly requests: readonly { readonly owner: Owner, readonly admission: string, readonly body: string }[]
}

/** The API server's connections to one webhook, and how many requests wait on each: HTTP/1.1 has one. */
const connections = 8

/** Kinds of uids: see `world.ts`, whose own are lower. */
const [admissionKind, ownerKind, podKind] = [16, 17, 18]

/**
 * A burst as many Deployments make it when they scale out or roll at the same time: ReplicaSets of 30 pods each, taken in turn. Every
 * second ReplicaSet is one that has its known pods already, as far as there are any; the others are new. `number` tells measurements apart.
 */
export function createLoad(number: number, count: number, world: World): Load {
  const owners = Array.from({ length: Math.ceil(count / podsPerOwner) }, (_, index) => {
    const serial = number * 1000 + index
    const known = Math.floor(world.pods / podsPerOwner)
    if (known > 0 && index % 2 === 0) return ownerAt(serial * 7919 % known, world)
    return freshOwner(ownerKind, serial, serial * 7919 % world.distributors)
  })
  const requests = Array.from({ length: count }, (_, index) => {
    const owner = owners[index % owners.length]!
    const admission = uid(admissionKind, number * 100_000 + index)
    return { owner, admission, body: reviewBody(owner, admission) }
  })
  return { requests }
}

export interface Sent {
  readonly answers: readonly string[]
  /** Milliseconds of each request. */
  readonly latencies: readonly number[]
  /** Milliseconds from the first request to the last answer. */
  readonly duration: number
}

/** One webhook's pool of TLS connections, kept alive from one measurement to the next. */
export interface Client {
  readonly send: (load: Load) => Promise<Sent>
  readonly close: () => Promise<void>
}

export function createClient(url: string, certificates: string): Client {
  const { origin } = new URL(url)
  const pool = new Pool(origin, { connections, pipelining: 1, connect: { ca: readFileSync(`${certificates}/ca.crt`) }, keepAliveTimeout: 90_000 })
  const headers = { 'user-agent': 'kube-apiserver-admission', accept: 'application/json, */*', 'content-type': 'application/json' }
  const send = async ({ requests }: Load): Promise<Sent> => {
    const answers: string[] = []
    const latencies: number[] = []
    const next = requests.entries()
    const work = async (): Promise<void> => {
      for (const [index, { body }] of next) {
        const start = performance.now()
        const response = await pool.request({ method: 'POST', path: '/mutate?timeout=3s', headers, body })
        answers[index] = await response.body.text()
        latencies[index] = performance.now() - start
      }
    }
    const start = performance.now()
    const rest = stayAwake()
    await Promise.all(Array.from({ length: connections }, work))
    rest()
    return { answers, latencies, duration: performance.now() - start }
  }
  return { send, close: () => pool.close() }
}

/**
 * Keeps this process from sleeping while it waits for answers. To wake a sleeping reader is work of whoever writes to it: a server that is
 * slower than the client would be charged for more of it than one that is faster.
 */
function stayAwake(): () => void {
  let awake = true
  const turn = (): void => {
    if (awake) setImmediate(turn)
  }
  turn()
  return () => {
    awake = false
  }
}

interface Answer {
  readonly response?: { readonly uid?: string, readonly allowed?: boolean, readonly patch?: string }
}

/** The pods as the API server would make them, by the answers. @throws when one is not a patch that places the pod it was asked for */
export function placedBy({ requests }: Load, answers: readonly string[], number: number): PlacedPod[] {
  return requests.map(({ owner, admission }, index) => {
    const { response }: Answer = JSON.parse(answers[index] ?? '{}')
    const patch = Buffer.from(response?.patch ?? '', 'base64').toString()
    const group = /"path":"\/metadata\/labels\/versprei.io~1group","value":"([^"]+)"/u.exec(patch)?.[1]
    const seat = /"versprei.io\/seat":"(\d+)"/u.exec(patch)?.[1]
    if (response?.uid !== admission || response.allowed !== true || group === undefined || seat === undefined) {
      throw new Error(`review ${admission} was not answered with a placement: ${answers[index]}`)
    }
    const name = `${owner.deployment}-${owner.hash}-${index.toString(36).padStart(5, '0')}`
    return { owner, admission, name, uid: uid(podKind, number * 100_000 + index), group, seat: Number(seat) }
  })
}
