import t from 'tap'
import { openKnowledge } from '../../src/cli/open-knowledge.ts'
import { distributors, startApi } from './api-server.ts'
import { runCommand } from './run-command.ts'
import { twins } from './serve/twins.ts'

void t.test('what the API server let pass and is a mistake all the same is told, by plan and by admit: exit 1', async t => {
  const api = await startApi(t)
  api.lists.set(distributors, { items: [twins] })
  const cluster = ['--kubeconfig', api.kubeconfig]
  t.match(await runCommand(['plan', ...cluster]), { code: 1, err: /^versprei plan: shop\/twins: spec\.distribution\S*: \S[^\n]*\n/ })
  const pod = { kind: 'Pod', metadata: { name: 'x' } }
  t.match(await runCommand(['admit', ...cluster], { stdin: JSON.stringify(pod) }), {
    code: 1, err: /^versprei admit: shop\/twins: spec\.distribution\S*: \S[^\n]*\n$/,
  })
})

void t.test('a list that fails after the first look does not hang: every resource says why', async t => {
  const api = await startApi(t)
  api.lists.set('/api/v1/pods', { code: 500, reason: 'InternalError' })
  api.lists.set('/api/v1/nodes', { code: 403, reason: 'Forbidden' })
  t.match(await openKnowledge({ kubeconfig: api.kubeconfig }, {}, 2500), {
    mistakes: [/^GET \S*\/api\/v1\/pods: 500 InternalError/, /^GET \S*\/api\/v1\/nodes: 403 Forbidden/],
  })
})

void t.test('a list that never comes is given up, and named', async t => {
  const api = await startApi(t)
  const gate = Promise.withResolvers<void>()
  api.gate = gate.promise
  t.teardown(() => gate.resolve())
  t.same(await openKnowledge({ kubeconfig: api.kubeconfig }, {}, 200), {
    mistakes: ['poddistributors', 'pods', 'nodes'].map(name =>
      `http://127.0.0.1:${api.port}: the list of ${name} did not come within 0.2 s`),
  })
})

void t.test('the cluster of a variable is asked', async t => {
  const api = await startApi(t)
  const opened = await openKnowledge({}, { VERSPREI_KUBECONFIG: api.kubeconfig, VERSPREI_CONTEXT: 'here', VERSPREI_PORT: 'not ours' })
  t.match(opened, { troubles: [] })
  t.ok(api.asked.length > 0)
})
