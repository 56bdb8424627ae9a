import t from 'tap'
import { lookForLeader } from '../../../src/cli/status/look-for-leader.ts'
import { ClusterError } from '../../../src/cluster/cluster-error.ts'
import type { Connection } from '../../../src/cluster/connection.ts'

const lease = '/apis/coordination.k8s.io/v1/namespaces/versprei-system/leases/versprei'

/** A connection that has these objects, and answers anything else as it is told. */
const connectionTo = (objects: Readonly<Record<string, object>>, status = 404): Connection => ({
  server: 'https://here', context: 'here', namespace: 'default', close: async () => undefined,
  request: async path => {
    const object = objects[path]
    if (object === undefined) throw new ClusterError(`GET ${path}: ${status}`, { status, reason: 'No' })
    return { status: 200, body: (async function * () {})(), json: async () => object, text: async () => '' }
  },
})

const now = Date.parse('2026-01-31T12:00:00Z')

void t.test('that nobody leads is told, where it can be known', async t => {
  const version = { '/version': { gitVersion: 'v1.36.3' } }
  const held = (spec: object) => connectionTo({ ...version, [lease]: { metadata: {}, spec } })
  const ending = ': this is what the last one wrote; versprei check tells more'
  const cases: readonly { name: string, connection: Connection, want: string | undefined }[] = [
    { name: 'one leads', connection: held({ holderIdentity: 'a', renewTime: '2026-01-31T11:59:30.000000Z' }), want: undefined },
    { name: 'one that does not say when', connection: held({ holderIdentity: 'a' }), want: undefined },
    {
      name: 'one that is gone', connection: held({ holderIdentity: 'a', renewTime: '2026-01-31T11:58:30.000000Z' }),
      want: `no replica has led since 2026-01-31T11:58:30.000Z${ending}`,
    },
    {
      name: 'one that gave it up', connection: held({ holderIdentity: '', renewTime: '2026-01-31T11:59:59.000000Z' }),
      want: `no replica has led since 2026-01-31T11:59:59.000Z${ending}`,
    },
    { name: 'none ever', connection: held({}), want: `no replica leads${ending}` },
    { name: 'there is no Lease', connection: connectionTo(version), want: undefined },
    { name: 'it may not be looked at', connection: connectionTo(version, 403), want: undefined },
    { name: 'nothing answers', connection: connectionTo({}, 500), want: undefined },
  ]
  for (const { name, connection, want } of cases) t.equal(await lookForLeader(connection, now), want, name)
})
