import t from 'tap'
import { createPodLists } from '../../src/controllers/list-pods.ts'
import { createStillClock } from './still-clock.ts'

void t.test('pods of a namespace are asked for by who placed them, those of the cluster without one', async t => {
  const asked: unknown[] = []
  const lists = createPodLists({
    request: async (path, { query = {}, headers = {} } = {}) => {
      asked.push([path, query['labelSelector'], query['resourceVersion'], headers['accept']])
      const json = async () => ({ items: [{ a: 1 }, { a: 2 }], metadata: { resourceVersion: '7' } })
      return { status: 200, json, text: async () => '', body: new ReadableStream<Uint8Array>() }
    },
  }, createStillClock().clock, new AbortController().signal)
  const metadata = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
  t.same(await lists.list('shop', 'unplaced', object => object, { metadataOnly: true, cached: true }), [{ a: 1 }, { a: 2 }])
  await lists.list('shop', { distributor: 'web' }, () => undefined)
  await lists.list('shop', 'all', () => undefined)
  await lists.list(undefined, 'unplaced', () => undefined, { metadataOnly: true })
  t.strictSame(asked, [
    ['/api/v1/namespaces/shop/pods', '!versprei.io/distributor', '0', metadata],
    ['/api/v1/namespaces/shop/pods', 'versprei.io/distributor=web', undefined, 'application/json'],
    ['/api/v1/namespaces/shop/pods', undefined, undefined, 'application/json'],
    ['/api/v1/pods', '!versprei.io/distributor', undefined, metadata],
  ])
})
