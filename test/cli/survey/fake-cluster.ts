import { ClusterError } from '../../../src/cluster/cluster-error.ts'
import type { ClusterRequest, Connection } from '../../../src/cluster/connection.ts'

export interface FakeCluster {
  readonly connection: Pick<Connection, 'request'>
  /** Path, query and whether metadata alone was asked for, of each request. */
  readonly asked: string[]
}

/** Objects by the path of their list; a number is the status by which it is refused. Pages hold two objects, whatever is asked for. */
export function createFakeCluster(answers: Readonly<Record<string, number | readonly unknown[]>>): FakeCluster {
  const asked: string[] = []
  const request = async (path: string, { query = {}, headers = {} }: ClusterRequest = {}) => {
    const { continue: token = '0', limit, ...rest } = query
    const told = Object.entries(rest).map(([key, value]) => ` ${key}=${value}`).join('')
    asked.push(`${path}${told}${headers['accept']?.includes('PartialObjectMetadataList') ? ' metadata' : ''}${limit === undefined ? '' : ` ${limit}`}`)
    const answer = answers[path] ?? []
    if (typeof answer === 'number') throw new ClusterError(`GET ${path}: ${answer}`, { status: answer, reason: 'Refused' })
    const from = Number(token)
    const next = from + 2 < answer.length ? { continue: `${from + 2}` } : {}
    const json = async () => ({ items: answer.slice(from, from + 2), metadata: { resourceVersion: '7', ...next } })
    return { status: 200, json, text: async () => '', body: new ReadableStream<Uint8Array>() }
  }
  return { connection: { request }, asked }
}
