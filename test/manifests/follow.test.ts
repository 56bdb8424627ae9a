import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { followManifests } from '../../src/manifests/follow.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'

const distributor = (name: string): string => JSON.stringify({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name },
  spec: { target: { apiVersion: 'apps/v1', kind: 'Deployment', name }, distribution: [{ nodeLabel: { type: 'spot' }, weight: 1 }] },
})

const follow = async (t: Test, folder = t.testdir({ 'web.yaml': distributor('web') })) => {
  const knowledge = createKnowledge()
  const told: string[] = []
  const timer: { task: (() => void) | undefined, milliseconds: number } = { task: undefined, milliseconds: 0 }
  const clean = (text: string) => text.replaceAll(folder, 'FOLDER').split(',')[0] ?? ''
  const following = await followManifests({
    folder, knowledge,
    onRead: troubles => { told.push(['read', ...troubles.map(clean)].join(' ')) },
    onLost: trouble => { told.push(`lost ${clean(trouble)}`) },
    repeat: (task, milliseconds) => {
      Object.assign(timer, { task, milliseconds })
      return () => Object.assign(timer, { task: undefined })
    },
  })
  const names = () => [...knowledge.distributors.all()].map(({ name }) => name).toSorted()
  /** Looks once; what was told and what is known afterwards. */
  const look = async () => {
    told.length = 0
    await following.check()
    return { told: [...told], names: names() }
  }
  return { folder, told, names, look, following, timer }
}

void t.test('a file that comes, changes or goes is noticed at the next look, each once', async t => {
  const { folder, told, names, look, timer } = await follow(t)
  t.same({ told, names: names(), every: timer.milliseconds }, { told: ['read'], names: ['web'], every: 1000 })
  t.same(await look(), { told: [], names: ['web'] }, 'nothing is new')
  await writeFile(join(folder, 'api.yaml'), distributor('api'))
  t.same(await look(), { told: ['read'], names: ['api', 'web'] })
  await writeFile(join(folder, 'api.yaml'), distributor('apo'))
  t.same(await look(), { told: ['read'], names: ['apo', 'web'] })
  await rm(join(folder, 'web.yaml'))
  t.same(await look(), { told: ['read'], names: ['apo'] })
  t.same(await look(), { told: [], names: ['apo'] })
})

void t.test('a mounted ConfigMap that is swapped is noticed', async t => {
  const folder = t.testdir({ '..one': { 'web.yaml': distributor('web') }, '..two': { 'web.yaml': distributor('api') } })
  await symlink('..one', join(folder, '..data'))
  await symlink(join('..data', 'web.yaml'), join(folder, 'web.yaml'))
  const { look, names } = await follow(t, folder)
  t.same(names(), ['web'])
  await symlink('..two', join(folder, '..data_tmp'))
  await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  t.same(await look(), { told: ['read'], names: ['api'] })
})

void t.test('a broken file is told once, the rest is served, and it recovers', async t => {
  const { folder, look } = await follow(t)
  await writeFile(join(folder, 'api.yaml'), 'kind: [')
  const { told, names } = await look()
  t.match(told[0], /^read FOLDER\/api\.yaml: ./)
  t.same(names, ['web'])
  t.same(await look(), { told: [], names: ['web'] })
  await writeFile(join(folder, 'api.yaml'), distributor('api'))
  t.same(await look(), { told: ['read'], names: ['api', 'web'] })
})

void t.test('a folder that vanishes is told once and what was known stays, until it returns', async t => {
  const { folder, look } = await follow(t)
  await rename(folder, `${folder}-gone`)
  t.same(await look(), { told: ['lost FOLDER: ENOENT: no such file or directory'], names: ['web'] })
  t.same(await look(), { told: [], names: ['web'] })
  await mkdir(folder)
  t.same(await look(), { told: ['read'], names: [] })
  await rm(`${folder}-gone`, { recursive: true })
})

void t.test('a folder that returns as it was is told', async t => {
  const { folder, look } = await follow(t)
  await rename(folder, `${folder}-gone`)
  await look()
  await rename(`${folder}-gone`, folder)
  t.same(await look(), { told: ['read'], names: ['web'] })
})

void t.test('looks at once are one look, a tick is a look, and after stop nothing is taken up', async t => {
  const { folder, following, names, timer, told } = await follow(t)
  await writeFile(join(folder, 'api.yaml'), distributor('api'))
  timer.task?.()
  const looks = [following.check(), following.check()]
  t.equal(looks[0], looks[1])
  await looks[0]
  t.same({ names: names(), told }, { names: ['api', 'web'], told: ['read', 'read'] })
  await rm(join(folder, 'api.yaml'))
  const last = following.check()
  following.stop()
  await last
  t.same({ names: names(), task: timer.task }, { names: ['api', 'web'], task: undefined })
})

void t.test('does not begin without a folder', async t => {
  await t.rejects(follow(t, join(t.testdir({}), 'none')), { code: 'ENOENT' })
})
