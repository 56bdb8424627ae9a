import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { callApi, readApi, requestApi } from './api-server.ts'
import { isReady, kubectl, type Pod } from './cluster.ts'
import { waitFor } from './wait-for.ts'

const config = join(import.meta.dirname, '../../config')

/** What all tests stand on: 24 nodes of two types and 24 in six pools, each with room for 110 pods, spread over three zones. */
const zones = 'topology.kubernetes.io/zone=a,b,c'
const nodes = [
  { prefix: 'versprei-default', count: 16, labels: ['type=default', zones] },
  { prefix: 'versprei-spot', count: 8, labels: ['type=spot', zones] },
  ...[1, 2, 3, 4, 5, 6].map(pool => ({ prefix: `versprei-p${pool}`, count: 4, labels: [`pool=p${pool}`, zones] })),
]
const registration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'

export type AddNodes = (prefix: string, count: number, labels: readonly string[]) => Promise<void>

/** Takes back what was laid, and what tests of this run have left; what was there before stays. */
export type RemoveGround = () => Promise<void>

const names = (output: string) => new Set(output.split('\n').filter(name => name !== ''))
const listNodes = async () => names(await kubectl('get', 'nodes', '--output=name'))
const source = (folder: string) => existsSync(join(config, folder, 'kustomization.yaml'))
  ? `--kustomize=${join(config, folder)}` : `--filename=${join(config, folder)}`

/** Applies a folder of config/; returns the names of what was not there before. */
const applyConfig = async (folder: string): Promise<readonly string[]> => {
  const before = names(await kubectl('get', source(folder), '--ignore-not-found', '--output=name'))
  const after = names(await kubectl('apply', source(folder), '--output=name'))
  return [...after.difference(before)]
}

/** @throws when a Versprei is registered already: its pods and the tests' would be placed by one or the other. */
const refuseServedCluster = async (): Promise<void> => {
  const { webhooks = [] } = await readApi<{ webhooks?: readonly unknown[] }>(registration) ?? {}
  if (webhooks.length > 0) throw new Error('a Versprei is registered in this cluster: these tests need a disposable one, without')
}

/** Nodes become Ready when a kwok plays their kubelets. One list a look: kubectl waits for one node after another. */
const waitForNodes = async (added: ReadonlySet<string>): Promise<void> => {
  await waitFor('the kwok nodes are Ready (a kwok that manages nodes annotated kwok.x-k8s.io/node=fake is needed)', async () => {
    const { items } = await requestApi<{ readonly items: readonly Pick<Pod, 'metadata' | 'status'>[] }>('GET', '/api/v1/nodes')
    return items.filter(node => added.has(`node/${node.metadata.name}`)).every(isReady)
  })
}

/**
 * Prepares the cluster that KUBECONFIG names: the CRD, the empty registration, nodes. `run` is the label value by which the
 * namespaces of this run are known.
 *
 * @throws when a part cannot be laid; what was laid until then is taken back.
 */
export const layGround = async (run: string, addNodes: AddNodes): Promise<RemoveGround> => {
  await refuseServedCluster()
  const before = await listNodes()
  const laid: string[] = []
  const remove = async () => {
    const added = (await listNodes()).difference(before)
    const left = names(await kubectl('get', 'namespaces', `--selector=versprei-test-run=${run}`, '--output=name'))
    if (await readApi(registration) !== undefined) await requestApi('PATCH', registration, { body: { webhooks: [] } })
    const others = [...left, ...laid]
    if (others.length > 0) await kubectl('delete', '--ignore-not-found', ...others)
    await Promise.all([...added].map(node => callApi('DELETE', `/api/v1/${node.replace('node/', 'nodes/')}`)))
  }
  try {
    laid.push(...await applyConfig('webhook'))
    laid.push(...await applyConfig('crd'))
    await kubectl('wait', '--for=condition=Established', source('crd'), '--timeout=60s')
    await Promise.all(nodes.map(({ prefix, count, labels }) => addNodes(prefix, count, labels)))
    await waitForNodes((await listNodes()).difference(before))
    return remove
  } catch (cause) {
    await remove()
    throw cause
  }
}
