import type { Picture } from '../../../src/cli/detect/print/picture.ts'
import type { Finding } from '../../../src/survey/finding.ts'
import { finding, node, picture } from './pictures.ts'

/** Numbers that look like chance and are the same each time (a linear congruential generator, Numerical Recipes). */
function createChance(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  }
}

/** 100 nodes in three zones with 200 workloads of 2 to 50 pods: some on a single node, some crowded, the others wherever they came. */
export function largePicture(): Picture {
  const chance = createChance(7)
  const nodes = Array.from({ length: 100 }, (_, index) => node(`gke-shop-${index % 2 === 0 ? 'regular' : 'spot'}-a1b2c3d4-${String(index).padStart(3, '0')}`, {
    labels: { 'topology.kubernetes.io/zone': `europe-west4-${'abc'[index % 3]}` }, isUnschedulable: index === 18, isReady: index !== 33,
    requested: { cpu: chance(4000), memory: chance(16) * 2 ** 30 },
  }))
  const nameOf = (index: number): string => nodes[index]?.name ?? ''
  const findings = Array.from({ length: 200 }, (_, index): Finding => {
    const pods = index < 12 ? 2 + chance(5) : 10 + chance(40)
    const among = index < 80 ? Math.ceil(pods / 2) : 100
    const on: Record<string, string[]> = {}
    for (let pod = 0; pod < pods; pod++) (on[nameOf(index < 12 ? index * 7 : chance(among))] ??= []).push(`app-${index}-5d9f7c8b6-${String(pod).padStart(5, 'x')}`)
    const sorted = Object.entries(on).toSorted(([, a], [, b]) => b.length - a.length)
    return finding({ namespace: `team-${index % 20}`, name: `app-${index}`, on: Object.fromEntries(sorted) })
  })
  return picture(findings, { nodes })
}
