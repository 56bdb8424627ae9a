import t from 'tap'
import { createFindings } from '../../src/controllers/findings.ts'
import { createRerank } from '../../src/controllers/rerank.ts'
import { createStatusTurn } from '../../src/controllers/status-turn.ts'
import type { DistributorStatus } from '../../src/placement/status/status.ts'
import { know, written } from '../placement/known.ts'
import { createPodsAtHand } from './pods-at-hand.ts'

/** One distributor for all Deployments of a namespace, with so many revisions of one pod each; every look at the clock is a millisecond. */
const createWorld = (revisions: number) => {
  const knowledge = know(written({ target: { apiVersion: 'apps/v1', kind: 'Deployment' } }))
  for (let index = 0; index < revisions; index += 1) {
    knowledge.revisions.apply({
      uid: `pod-${index}`, namespace: 'shop', owner: `rs-${index}`, distributor: 'web', group: 'type-default', seat: 0, admission: undefined, created: 0,
    })
  }
  let now = 0
  const resting = Promise.withResolvers<void>()
  const clock = {
    now: () => now += 1,
    after: () => {
      resting.resolve()
      return () => undefined
    },
  }
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  return { knowledge, clock, log, resting: resting.promise }
}

/** How many turns others had meanwhile. */
const turnsDuring = async (work: () => Promise<void>): Promise<number> => {
  let [turns, isOver] = [0, false]
  const count = (): void => {
    turns += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await work()
  isOver = true
  return turns
}

void t.test('others have their turn while the status of a distributor with many revisions is counted', async t => {
  const { knowledge, clock, log } = createWorld(1000)
  const told: DistributorStatus[] = []
  const turn = createStatusTurn({
    knowledge: { ...knowledge, nodes: { all: () => [], version: () => 0 } }, findings: createFindings(clock.now), events: { emit: () => undefined },
    async writeStatus(_listed, _version, status) {
      told.push(status)
      return '1'
    },
    clock, random: () => 0, log, found: new Map(), signal: new AbortController().signal,
  })
  t.ok(await turnsDuring(turn) >= 300)
  t.match(told, [{ pods: 1000 }])
})

void t.test('others have their turn while the revisions of one distributor are looked through for gaps', async t => {
  const { knowledge, clock, log, resting } = createWorld(1000)
  const { lists, patches } = createPodsAtHand(knowledge)
  const reranking = createRerank({ knowledge, clock, log, lists, patches })
  t.ok(await turnsDuring(async () => {
    reranking.start()
    await resting
  }) >= 300)
  await reranking.stop()
})
