import type { Test } from 'tap'
import { callApi, createNamespace } from './cluster.ts'

/**
 * A namespace as `createNamespace` makes it, which is empty sooner after the test: the namespace controller waits 5 s before it deletes
 * what is in one (`namespaceDeletionGracePeriod`), while a terminating namespace takes no new pods from its first moment.
 */
export async function openNamespace(t: Pick<Test, 'teardown'>): Promise<string> {
  const made: { path?: string } = {}
  const name = await createNamespace({
    teardown: handler => t.teardown(async () => {
      if (made.path !== undefined) {
        await callApi('DELETE', made.path)
        await callApi('DELETE', `${made.path}/pods`, { body: { gracePeriodSeconds: 0 } })
      }
      await handler()
    }),
  })
  made.path = `/api/v1/namespaces/${name}`
  return name
}
