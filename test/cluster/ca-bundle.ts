import { readApi, requestApi } from './cluster.ts'

interface Entry { readonly name: string, readonly clientConfig: { readonly caBundle?: string } }

const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'

export const readEntries = async (): Promise<readonly Entry[]> => (await readApi<{ readonly webhooks?: readonly Entry[] }>(path))?.webhooks ?? []

/** What the API server goes by when it calls Versprei, in PEM; empty where it calls nobody. */
export const readBundle = async (): Promise<string> => Buffer.from((await readEntries())[0]?.clientConfig.caBundle ?? '', 'base64').toString()

/** The certificates of a PEM text, as they stand there, in order of their texts. */
export const certificatesOf = (pem: string): readonly string[] => (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/gu) ?? []).toSorted()

/** Writes it as cert-manager's CA injector does: by server-side apply, with force, and of each entry this field alone. */
export const injectBundle = async (pem: string): Promise<void> => {
  const caBundle = Buffer.from(pem).toString('base64')
  const webhooks = (await readEntries()).map(({ name }) => ({ name, clientConfig: { caBundle } }))
  await requestApi('PATCH', `${path}?fieldManager=cert-manager-cainjector&force=true`, {
    contentType: 'application/apply-patch+yaml',
    body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'versprei' }, webhooks },
  })
}
