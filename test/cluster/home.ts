import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { accountRights } from '../../src/controllers/account-rights.ts'
import { createNamespace, kubectl, requestApi, waitFor } from './cluster.ts'

/** A kubeconfig, as far as these tests change it. */
export interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, unknown>> & { readonly server: string } }[]
  readonly users: readonly { readonly name: string, readonly user: object }[]
}

/** Where Versprei is installed, as far as its account goes. */
export interface Home {
  readonly namespace: string
  /** The one Secret of certificates that the account may keep there; NAME-peers stands beside it. */
  readonly secret: string
}

/** The names that config/ has for both. */
export const usualHome: Home = { namespace: 'versprei-system', secret: 'versprei-certificates' }

const account = 'versprei'
const config = join(import.meta.dirname, '../../config')

/** The account, its rights and the policy over them, as config/ has them for another namespace and another Secret. */
async function readManifests({ namespace, secret }: Home): Promise<string> {
  const listFolder = async (folder: string) => (await readdir(join(config, folder))).map(name => join(config, folder, name))
  const files = [join(config, 'deploy/service-account.yaml'), ...await listFolder('rbac'), ...await listFolder('policy')]
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8')))
  return texts.join('\n---\n').replaceAll(usualHome.namespace, namespace).replaceAll(usualHome.secret, secret)
}

/** The API server's own view of rights follows what is stored a moment later. */
async function waitForRights({ namespace, secret }: Home): Promise<void> {
  const user = `system:serviceaccount:${namespace}:${account}`
  await waitFor(`${user} has the rights that Versprei needs`, async () => {
    const reviews = await Promise.all(accountRights(secret).map(async ({ scope, group, resource, subresource, verb, name }) => {
      const resourceAttributes = { group, resource, subresource, verb, name, ...(scope === 'own-namespace' && { namespace }) }
      const { status } = await requestApi<{ readonly status: { readonly allowed: boolean } }>(
        'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        { body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, resourceAttributes } } })
      return { resourceAttributes, allowed: status.allowed }
    }))
    const lacks = reviews.filter(({ allowed }) => !allowed)
    if (lacks.length > 0) throw new Error(`it lacks ${JSON.stringify(lacks)}`)
    return true
  })
}

/**
 * A namespace with Versprei's ServiceAccount, what the manifests that are shipped let it do, and the policy that narrows that; all of it is
 * gone after the test. One at a time: the rights over the cluster have one name.
 */
export async function openHome(t: Pick<Test, 'teardown'>, secret = usualHome.secret): Promise<Home> {
  const home = { namespace: await createNamespace(t), secret }
  const input = await readManifests(home)
  t.teardown(() => kubectl('delete', '--ignore-not-found', '--wait=false', '--filename=-', { input }))
  await kubectl('apply', '--filename=-', { input })
  await waitForRights(home)
  return home
}

/** The current kubeconfig, for a ServiceAccount: by a token that the API server gives, good for longer than a run. */
export async function kubeconfigOf(namespace: string, name = account): Promise<Kubeconfig> {
  const flat: Kubeconfig = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output=json'))
  const { status: { token } } = await requestApi<{ readonly status: { readonly token: string } }>(
    'POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { body: { spec: { expirationSeconds: 24 * 3600 } } })
  return { ...flat, users: flat.users.map(user => ({ name: user.name, user: { token } })) }
}

/** Writes it into a folder, readable by nobody else; returns the file. */
export async function writeKubeconfig(folder: string, kubeconfig: Kubeconfig): Promise<string> {
  const file = join(folder, `kubeconfig-${randomBytes(4).toString('hex')}`)
  await writeFile(file, JSON.stringify(kubeconfig), { mode: 0o600 })
  return file
}
