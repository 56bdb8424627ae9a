import { createServer, type ServerResponse } from 'node:http'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'

export const distributors = '/apis/versprei.versprei.io/v1beta1/poddistributors'
const emptyList = { kind: 'List', metadata: { resourceVersion: '1' }, items: [] } as const
const configuration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'

export interface Api {
  readonly port: number
  /** A kubeconfig that names it. */
  readonly kubeconfig: string
  /** What it was asked for, without queries; watches are left out. */
  readonly asked: string[]
  /** The bodies of patches. */
  readonly applied: unknown[]
  /** Answers for certain paths, in place of empty lists; undefined: none at all. */
  readonly answers: Map<string, { readonly code: number, readonly reason: string } | undefined>
  /** As answers, or objects, for whole lists alone: whoever asks for one object to begin with still finds all well. */
  readonly lists: Map<string, { readonly code: number, readonly reason: string } | { readonly items: readonly unknown[] }>
  /** Lists of these paths wait for it. */
  gate: Promise<void>
  /** Ends it as a crash would: every connection is reset. */
  readonly die: () => Promise<void>
}

const refuse = (response: ServerResponse, code: number, reason: string): void => {
  response.statusCode = code
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message: `no: ${reason}` }))
}

/** A kubeconfig for this port of loopback, without credentials. */
export const writeKubeconfig = async (file: string, port: number): Promise<string> => {
  await writeFile(file, JSON.stringify({
    'current-context': 'here', clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }], users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  }))
  return file
}

interface Lease { readonly metadata: { readonly name: string, readonly resourceVersion?: string } }

/** Answers for the Leases, each as it was last written. */
const createLeases = () => {
  const leases = new Map<string, Lease>()
  let version = 0
  const find = (method: string | undefined, path: string, body: string): Lease | 'conflict' | undefined => {
    if (method === 'GET') return leases.get(path)
    const sent: Lease = JSON.parse(body)
    const where = method === 'POST' ? `${path}/${sent.metadata.name}` : path
    if (sent.metadata.resourceVersion !== leases.get(where)?.metadata.resourceVersion) return 'conflict'
    version += 1
    leases.set(where, { ...sent, metadata: { ...sent.metadata, resourceVersion: `${version}` } })
    return leases.get(where)
  }
  return (response: ServerResponse, method: string | undefined, path: string, body: string): void => {
    const lease = find(method, path, body)
    if (lease === undefined) refuse(response, 404, 'NotFound')
    else if (lease === 'conflict') refuse(response, 409, 'Conflict')
    else response.end(JSON.stringify(lease))
  }
}

/** The webhook configuration, as what was sent leaves it: an entry that is applied, or a JSON patch that takes one out. */
const createRegistration = () => {
  let [version, webhooks]: [number, readonly unknown[]] = [1, []]
  return (body: string) => {
    if (body !== '') {
      const sent: readonly unknown[] | { readonly webhooks: readonly unknown[] } = JSON.parse(body)
      webhooks = 'webhooks' in sent ? sent.webhooks : []
      version += 1
    }
    return { kind: 'MutatingWebhookConfiguration', metadata: { name: 'versprei', resourceVersion: `${version}` }, webhooks }
  }
}

/** A loopback API server with empty lists, silent watches, a webhook configuration that is empty to begin with, and Leases. */
export const startApi = async (t: Test): Promise<Api> => {
  const asked: string[] = []
  const applied: unknown[] = []
  const answers: Api['answers'] = new Map()
  const lists: Api['lists'] = new Map()
  const answerLease = createLeases()
  const registration = createRegistration()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
    response.setHeader('content-type', 'application/json')
    if (searchParams.has('watch')) return response.flushHeaders()
    const body = Buffer.concat(await request.toArray()).toString()
    if (request.method === 'PATCH') applied.push(JSON.parse(body))
    asked.push(`${request.method} ${pathname}`)
    if (pathname.startsWith('/apis/coordination.k8s.io/') && !answers.has(pathname)) return answerLease(response, request.method, pathname, body)
    const isWhole = searchParams.get('limit') !== '1'
    if (isWhole) await api.gate
    const list = isWhole ? lists.get(pathname) : undefined
    const answer = list !== undefined && 'code' in list ? list : answers.get(pathname)
    if (answer !== undefined) return refuse(response, answer.code, answer.reason)
    if (answers.has(pathname)) return undefined
    return response.end(JSON.stringify(pathname === configuration ? registration(body) : { ...emptyList, ...list }))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const die = async () => {
    const closed = new Promise(resolve => { server.close(resolve) })
    server.closeAllConnections()
    await closed
  }
  t.teardown(() => (server.listening ? die() : undefined))
  const kubeconfig = await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), port)
  const api: Api = { port, kubeconfig, asked, applied, answers, lists, gate: Promise.resolve(), die }
  return api
}
