import t from 'tap'
import { createFindings } from '../../src/controllers/findings.ts'

const [web, db] = [{ namespace: 'shop', name: 'web' }, { namespace: 'shop', name: 'db' }]
const createRig = () => {
  const state = { now: 0 }
  const findings = createFindings(() => state.now)
  const touched = () => findings.takeTouched().map(({ name }) => name)
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
