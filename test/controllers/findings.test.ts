import t from 'tap'
import { createFindings } from '../../src/controllers/findings.ts'

const [web, db] = [{ namespace: 'shop', name: 'web' }, { namespace: 'shop', name: 'db' }]
const createRig = () => {
  const state = { now: 0 }
  const findings = createFindings(() => state.now)
  const touched = () => findings.takeTouched()?.map(({ name }) => name)
  const told = () => findings.complaintsOf(web).map(({ complaint, detail }) => `${complaint} ${detail}`)
  return { state, findings, touched, told }
}

void t.test('complaints are told the gravest first, news once, and forgotten ten minutes after they were noted last', async t => {
  const { state, findings, touched, told } = createRig()
  findings.note(web, 'OwnDeletionCost', 'x')
  findings.note(web, 'NoOpenGroup', 'y')
  t.same([told(), touched(), touched()], [['NoOpenGroup y', 'OwnDeletionCost x'], ['web'], []])
  state.now = 300_000
  findings.note(web, 'NoOpenGroup', 'y')
  t.same(touched(), [], 'the same again is no news')
  state.now = 600_001
  t.same([told(), touched()], [['NoOpenGroup y'], ['web']])
  findings.note(web, 'NoOpenGroup', 'z')
  t.same([told(), touched()], [['NoOpenGroup z'], ['web']])
  findings.forget(web)
  t.same([told(), touched()], [[], []])
})

void t.test('strays are news when their number is another, in any group', async t => {
  const { findings, touched } = createRig()
  const strays = (pods: number, spot: number) => ({ pods, standing: new Map([['spot', spot]]) })
  findings.setStrays(db, strays(2, 1))
  t.same([touched(), findings.straysOf(db)], [['db'], strays(2, 1)])
  findings.setStrays(db, strays(2, 1))
  t.same(touched(), [])
  findings.setStrays(db, strays(2, 2))
  t.same(touched(), ['db'])
  t.same(findings.straysOf(web), { pods: 0, standing: new Map() })
})

void t.test('of more distributors than are remembered any may have changed', async t => {
  const { findings } = createRig()
  for (let index = 0; index <= 20_000; index += 1) findings.note({ namespace: 'shop', name: `gone-${index}` }, 'NoOpenGroup', 'x')
  t.strictSame([findings.takeTouched(), findings.takeTouched()], [undefined, []])
  findings.note(web, 'NoOpenGroup', 'x')
  t.strictSame(findings.takeTouched(), [web], 'one by one again')
})

void t.test('what is old is forgotten where nobody asks, too', async t => {
  const { state, findings, touched } = createRig()
  for (let index = 0; index < 1000; index += 1) findings.note({ namespace: 'shop', name: `gone-${index}` }, 'NoOpenGroup', 'x')
  state.now = 600_001
  findings.note(web, 'NoOpenGroup', 'x')
  findings.setStrays(db, { pods: 0, standing: new Map() })
  state.now = 0
  t.same(findings.complaintsOf({ namespace: 'shop', name: 'gone-7' }), [], 'it is gone, not merely old')
  t.equal(touched()?.length, 1001)
})
