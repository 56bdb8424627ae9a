import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readFiles, type CertificateFiles } from '../../src/certificates/files.ts'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { serving } from '../../src/certificates/purpose.ts'
import { announceAuthority, rotationOf } from '../../src/certificates/rotation.ts'
import { carryRotation } from '../../src/controllers/rotation.ts'

const now = new Date('2026-06-01')
const wish = { now, purpose: serving, hosts: ['localhost'] }

const start = async (t: Test) => {
  const folder = join(t.testdir({}), 'certs')
  await ensureCertificates(folder, { hosts: ['localhost'], now })
  const first = await readFiles(folder)
  if (first === undefined) throw new Error('there is no whole pair')
  const state = {
    files: await announceAuthority(first, wish), now: 0, isLeading: true, isTrusted: true, isServed: true, forgets: true, forgotten: [] as string[],
    told: [] as string[], broken: undefined as Error | undefined, task: () => {}, isFaster: false, changing: Promise.resolve(false),
  }
  const stop = carryRotation({
    name: 'serving', wish: () => wish, isLeading: () => state.isLeading, isTrusted: () => state.isTrusted, isServed: () => state.isServed,
    async read() {
      if (state.broken !== undefined) throw state.broken
      return state.files
    },
    change(make: (files: CertificateFiles) => Promise<CertificateFiles | undefined>) {
      const changing = make(state.files).then(files => {
        if (files === undefined || state.isFaster) return false
        state.files = files
        return true
      })
      state.changing = changing
      return changing
    },
    async forget(old) {
      state.forgotten.push(...old)
      return state.forgets
    },
    elapsed: () => state.now,
    log: { info: (_: object, text: string) => { state.told.push(text) }, error: (_: object, text: string) => { state.told.push(text) } } as never,
    repeat: task => {
      state.task = task
      return () => { state.task = () => { throw new Error('it goes on') } }
    },
  })
  /** Looks every two seconds for so many. */
  const pass = async (seconds: number) => {
    for (let n = 0; n < seconds; n += 2) {
      state.now += 2000
      state.task()
      // What is read and forgotten is there at once; keys take their time.
      for (const _ of [1, 2, 3]) await new Promise(resolve => { setImmediate(resolve) })
      await state.changing
      await new Promise(resolve => { setImmediate(resolve) })
    }
  }
  return { state, stop, pass, step: () => rotationOf(state.files, serving).step }
}

void t.test('each step is taken when what it needs has been so for 15 s, and the files end with the new authority alone', async t => {
  const { state, pass, step, stop } = await start(t)
  await pass(16)
  t.equal(step(), 'announced')
  await pass(2)
  t.equal(step(), 'switched')
  await pass(16)
  t.same({ step: step(), forgotten: state.forgotten.length }, { step: 'switched', forgotten: 0 })
  await pass(2)
  t.equal(step(), 'none')
  t.equal(state.forgotten.length, 1)
  t.same(state.told, [
    'the next authority is trusted by all: the certificate is made anew by it', 'every replica serves the new certificate: the old authority is dropped',
  ])
  stop()
  t.throws(() => state.task())
})

void t.test('what is not so for a moment is waited for from the beginning', async t => {
  const { state, pass, step } = await start(t)
  await pass(14)
  state.isTrusted = false
  await pass(2)
  state.isTrusted = true
  await pass(16)
  t.equal(step(), 'announced')
  await pass(2)
  t.equal(step(), 'switched')
  state.isServed = false
  await pass(60)
  t.equal(step(), 'switched', 'a replica serves the old one')
})

void t.test('the old authority stays as long as those that connect do not forget it', async t => {
  const { state, pass, step } = await start(t)
  state.forgets = false
  await pass(60)
  t.equal(step(), 'switched')
  state.forgets = true
  await pass(2)
  t.equal(step(), 'none')
})

void t.test('who does not lead takes no step, and begins to wait when they do', async t => {
  const { state, pass, step } = await start(t)
  state.isLeading = false
  await pass(60)
  t.equal(step(), 'announced')
  state.isLeading = true
  await pass(16)
  t.equal(step(), 'announced')
  await pass(2)
  t.equal(step(), 'switched')
})

void t.test('where another is faster nothing is told, and a trouble is told once while it lasts', async t => {
  const { state, pass } = await start(t)
  state.isFaster = true
  await pass(30)
  t.same(state.told, [])
  state.broken = new Error('cannot be read')
  await pass(10)
  t.same(state.told, ['the change of the authority does not go on: cannot be read; trying again'])
})
