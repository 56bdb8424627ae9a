import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Use } from './account-grants.ts'
import { giveFlags } from './restart-api-server.ts'

/** A line of the API server's audit log, as far as it is looked at (audit.k8s.io/v1, Event). */
interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly objectRef?: {
    readonly namespace?: string, readonly apiGroup?: string, readonly resource: string, readonly subresource?: string, readonly name?: string
  }
  readonly responseStatus?: { readonly code?: number }
}

export interface AuditLog {
  /** What was asked for objects of the API, each once. */
  readonly uses: () => Promise<readonly Use[]>
  /** What was asked for else: METHOD-like verb and path, each once. */
  readonly others: () => Promise<readonly string[]>
  /** What was refused for want of a right, or by a policy. */
  readonly refused: () => Promise<readonly string[]>
}

/** Has the API server keep a log of all that one user asks of it, from now on and to the end of the test. */
export async function startAuditLog(t: Pick<Test, 'teardown'>, folder: string, user: string): Promise<AuditLog> {
  const [policy, log] = [join(folder, 'audit-policy.yaml'), join(folder, 'audit.log')]
  await writeFile(policy, JSON.stringify({
    apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', users: [user] }, { level: 'None' }],
  }))
  await giveFlags(t, `--audit-policy-file=${policy}`, `--audit-log-path=${log}`)
  const read = async () => (await readFile(log, 'utf8')).split('\n').filter(line => line !== '').map((line): AuditEvent => JSON.parse(line))
  return {
    async uses() {
      const all = (await read()).flatMap(({ verb, objectRef }): readonly Use[] => {
        if (objectRef === undefined) return []
        const { namespace, apiGroup: group = '', resource, subresource, name } = objectRef
        return [{ verb, group, namespace, name, resource: subresource === undefined ? resource : `${resource}/${subresource}` }]
      })
      return [...new Map(all.map(use => [JSON.stringify(use), use])).values()]
    },
    others: async () => [...new Set((await read()).filter(({ objectRef }) => objectRef === undefined)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`))],
    refused: async () => (await read()).filter(({ responseStatus }) => responseStatus?.code === 403 || responseStatus?.code === 401)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`),
  }
}
