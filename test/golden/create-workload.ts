import { requestApi } from '../cluster/cluster.ts'
import type { Json } from './workload.ts'

/** `Deployment` of `apps/v1` is created at /apis/apps/v1/namespaces/NAMESPACE/deployments, and so is every kind of the set. */
const collection = (namespace: string, { apiVersion, kind }: Json): string =>
  `/${apiVersion === 'v1' ? 'api' : 'apis'}/${String(apiVersion)}/namespaces/${namespace}/${String(kind).toLowerCase()}s`

/** Creates it as it stands; kubectl would keep it once more, in an annotation. @throws with what the API server said. */
export const createWorkload = async (namespace: string, object: Json): Promise<void> => {
  await requestApi('POST', `${collection(namespace, object)}?fieldManager=golden`, { body: object })
}
