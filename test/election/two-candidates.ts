import { createCandidate } from './candidate.ts'
import { createLeaseApi } from './lease-api.ts'
import { createWorld } from './world.ts'

/** Two candidates that have not started; their clocks have nothing in common. */
export const meet = () => {
  const world = createWorld()
  const api = createLeaseApi(world)
  const a = createCandidate(world, api, 'a')
  const b = createCandidate(world, api, 'b', { offset: 7_654_321.25 })
  return { world, api, a, b }
}

/** Both have started, and `a` leads. */
export const leading = async () => {
  const all = meet()
  all.a.start()
  await all.world.advance(0)
  all.b.start()
  await all.world.advance(5_000)
  return all
}
