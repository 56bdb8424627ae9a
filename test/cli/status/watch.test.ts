import t, { type Test } from 'tap'
import { run } from '../../../src/cli/program.ts'
import type { Screen } from '../../../src/cli/colour.ts'
import { until } from '../process.ts'
import { startDistributorApi } from './distributor-api.ts'
import { distributorObject } from './distributor-object.ts'

interface Watching {
  readonly out: () => string
  readonly err: () => string
  /** What was printed since this was asked last, once it is as it should be. */
  readonly next: (what: string, isSo: (text: string) => boolean) => Promise<string>
  /** Ctrl-C; resolves to the exit code. */
  readonly end: () => Promise<number>
}

const watch = (t: Test, args: readonly string[], screen?: Screen): Watching => {
  const ending = Promise.withResolvers<NodeJS.Signals>()
  const never = new Promise<NodeJS.Signals>(() => undefined)
  let [out, err, read] = ['', '', 0]
  const ended = run(['status', '--watch', ...args], {
    environment: { TERM: 'dumb' }, stdin: async () => '', now: () => new Date('2026-01-31T12:00:00Z'), signals: () => [ending.promise, never],
    screen: () => screen, stdout: text => { out += text }, stderr: text => { err += text },
  })
  const end = (): Promise<number> => {
    ending.resolve('SIGINT')
    return ended
  }
  t.teardown(end)
  const next = async (what: string, isSo: (text: string) => boolean): Promise<string> => {
    const text = await until(what, async () => (isSo(out.slice(read)) ? out.slice(read) : undefined))
    read += text.length
    return text
  }
  return { out: () => out, err: () => err, next, end }
}

const wrong = { Balanced: ['False', 'PodsStandWrong', '3 pods stand wrong'] } as const

void t.test('what changes is a line each, in the columns of the table; Ctrl-C ends it with 0', async t => {
  const api = await startDistributorApi(t)
  api.put(distributorObject({ name: 'web' }))
  api.put(distributorObject({ namespace: 'zoo', name: 'animals' }))
  const watching = watch(t, ['--kubeconfig', api.kubeconfig])
  const [heading = '', ...first] = (await watching.next('the table is there', text => text.includes('2 PodDistributors'))).split('\n')
  t.strictSame(first.map(line => line.split(/ {3,}/u)[1] ?? line), ['web', 'animals', '', '2 PodDistributors, none off; 20 pods placed', ''])
  await until('it watches', async () => api.watches() === 1 || undefined)
  api.put(distributorObject({ namespace: 'zoo', name: 'animals', wanted: '5/5', deviation: '3', conditions: wrong }))
  const changed = await watching.next('the change is told', text => text.endsWith('\n'))
  t.equal(changed, 'zoo         animals   Deployment/web   10     8/2     5/5      3.00        unbalanced   3m        3 pods stand wrong\n')
  t.equal(changed.indexOf('3.00'), heading.indexOf('DEVIATION'))
  api.remove('zoo', 'animals')
  api.put(distributorObject({ name: 'new', isNew: true }))
  const more = await watching.next('both are told', text => text.split('\n').length === 3)
  t.match(more, /^shop +new +Deployment\/web +.*unjudged.*\nzoo\/animals was deleted\n$/u)
  t.equal(watching.err(), '')
  t.equal(await watching.end(), 0)
  t.equal(watching.out().split('NAMESPACE').length, 2, 'the table is printed once')
})

void t.test('for programs it is a document a change', async t => {
  const api = await startDistributorApi(t)
  api.put(distributorObject({ name: 'web' }))
  const watching = watch(t, ['--kubeconfig', api.kubeconfig, '-o', 'json', '-n', 'shop'])
  t.match(JSON.parse(await watching.next('the first is there', text => text.endsWith('\n'))), { name: 'web', split: '8/2', troubles: [] })
  await until('it watches', async () => api.watches() === 1 || undefined)
  api.put(distributorObject({ namespace: 'zoo', name: 'animals' }))
  api.put(distributorObject({ name: 'web', split: '9/1' }))
  t.match(JSON.parse(await watching.next('a change is told', text => text.endsWith('\n'))), { name: 'web', split: '9/1' }, 'and none of another namespace')
  api.remove('shop', 'web')
  t.strictSame(JSON.parse(await watching.next('its end is told', text => text.endsWith('\n'))), { namespace: 'shop', name: 'web', deleted: true })
  t.equal(await watching.end(), 0)
})

void t.test('at a terminal the whole table is drawn anew, as much of it as there is room for', async t => {
  const api = await startDistributorApi(t)
  for (let index = 10; index < 40; index += 1) api.put(distributorObject({ name: `web-${index}` }))
  const watching = watch(t, ['--kubeconfig', api.kubeconfig], { columns: 100, rows: 10 })
  const first = await watching.next('the table is drawn', text => text.endsWith('\u001B[J\u001B[?7h'))
  t.ok(first.startsWith('\u001B[2J\u001B[H\u001B[?7l'), 'on an empty screen')
  const lines = first.slice(first.indexOf('NAMESPACE'), first.lastIndexOf('\u001B[J')).split('\u001B[K\n')
  t.strictSame(lines.map(line => line.split(/ {3,}/u)[1] ?? line), [
    'NAME', 'web-10', 'web-11', 'web-12', 'web-13', 'web-14', 'and 25 more', '', '30 PodDistributors, none off; 300 pods placed', '',
  ])
  await until('it watches', async () => api.watches() === 1 || undefined)
  api.put(distributorObject({ name: 'web-39', wanted: '5/5', deviation: '3', conditions: wrong }))
  const second = await watching.next('it is drawn anew', text => text.endsWith('\u001B[J\u001B[?7h'))
  t.ok(second.startsWith('\u001B[H\u001B[?7lNAMESPACE'), 'over what was there')
  t.match(second.split('\n')[1], /^shop +web-39 [^\n]*unbalanced/u, 'the worst first')
  t.equal(await watching.end(), 0)
  t.equal(watching.err(), '')
})

void t.test('a connection that is lost is told, and it goes on', async t => {
  const api = await startDistributorApi(t)
  api.put(distributorObject({ name: 'web' }))
  const watching = watch(t, ['--kubeconfig', api.kubeconfig, '-o', 'name'])
  await watching.next('the first is there', text => text === 'shop/web\n')
  await until('it watches', async () => api.watches() === 1 || undefined)
  api.leave()
  await until('that is told', async () => watching.err().includes('not reached') || undefined)
  t.match(watching.err(), /^versprei status: the API server is not reached; going on: [^\n]+\n$/u)
  api.put(distributorObject({ name: 'later' }))
  api.comeBack()
  await watching.next('what came meanwhile is told', text => text === 'shop/later\n')
  await until('so is that it is back', async () => watching.err().endsWith('the API server is reached again\n') || undefined)
  t.equal(watching.err().split('\n').length, 3, 'each once')
  t.equal(await watching.end(), 0)
})
