import type { Placement } from '../../src/placement/decide.ts'
import { deletionCostAnnotation } from '../../src/placement/keys.ts'
import type { PatchOperation } from '../../src/placement/patch/patch-operation.ts'
import { ask } from '../placement/known.ts'
import type { Answer } from './fleet.ts'
import { groupOfName, textOf, type ModelPod, type PodTemplate } from './model-pod.ts'
import { namespace, note, publish, type ModelSet, type World } from './world.ts'

/** A pod whose review is answered and that is not stored yet. */
interface Admitted {
  readonly patch: readonly PatchOperation[]
  readonly placed: Placement | undefined
  readonly episode: number | undefined
}

/** Creates a batch of pods at once: reviews are answered, and pods stored, in any order. Returns whether all were stored. */
export function createBatch(world: World, set: ModelSet, count: number): boolean {
  const { random, fleet } = world
  if (world.setup.promptWatch) fleet.catchUp(world.now)
  let waiting: Admitted[] = []
  let stored = 0
  const storeOne = (): void => {
    const [one, ...rest] = random.shuffle(waiting)
    if (one === undefined) return
    waiting = rest
    if (store(world, set, one)) stored += 1
  }
  for (let call = 0; call < count; call += 1) {
    const answer = review(world, set)
    if (answer.killed) waiting = loseSome(world, waiting)
    const placed = answer.decision?.kind === 'place' ? answer.decision : undefined
    waiting.push({ patch: placed?.patch ?? [], placed, episode: answer.episode })
    world.now += random.below(3)
    if (random.chance(0.5)) storeOne()
    if (random.chance(0.3)) fleet.trickle(world.now)
  }
  while (waiting.length > 0) storeOne()
  return stored === count
}

/** Of the calls that the killed leader had answered, some had not left its process. What others answered by races of their own has. */
function loseSome(world: World, waiting: readonly Admitted[]): Admitted[] {
  const inFlight = world.random.below(4)
  const lost = new Set(waiting.filter(({ episode }) => episode === undefined).slice(0, inFlight))
  note(world, 'calls lost', lost.size + 1)
  return waiting.map(one => (lost.has(one) ? { patch: [], placed: undefined, episode: undefined } : one))
}

function review(world: World, set: ModelSet): Answer {
  const { random, fleet } = world
  world.serial += 1
  const request = ask(set.template, { uid: `review-${world.serial}`, namespace })
  if (random.chance(0.02)) fleet.ask({ ...request, uid: `dry-${world.serial}`, dryRun: true }, world.now)
  excuseUnseen(world, set)
  const answer = fleet.ask(request, world.now)
  if (answer.episode !== undefined) excuseRace(set, answer.episode)
  if (answer.outdated) set.excuses.changed = true
  if (answer.decision?.kind === 'skip') world.violations.push(`a pod is not placed: ${answer.decision.reason}`)
  if (answer.decision?.kind === 'place' && answer.episode === undefined && random.chance(0.05)) repeat(world, request, answer.decision)
  note(world, answer.episode === undefined ? 'led' : 'own race')
  return answer
}

/** A race of its own looks at no pod: whose seat is free it does not know. */
function excuseRace({ excuses, evicted }: ModelSet, episode: number): void {
  excuses.races.add(episode)
  for (const uid of evicted) excuses.unseenGone.add(uid)
}

function repeat(world: World, request: Parameters<World['fleet']['ask']>[0], { seat }: Placement): void {
  const again = world.fleet.ask(request, world.now)
  if (again.episode !== undefined || again.decision === undefined) return
  if (again.decision.kind !== 'place' || again.decision.seat !== seat) world.violations.push('the same review got another seat')
}

/** The leader gives out a seat without knowing that pods of this revision are gone. */
function excuseUnseen({ fleet }: World, { uid, excuses }: ModelSet): void {
  for (const { gone } of fleet.leader()?.unseen() ?? []) if (gone?.owner === uid) excuses.unseenGone.add(gone.uid)
}

/** What the API server does with an admitted pod: stores it, or refuses it. */
function store(world: World, set: ModelSet, { patch, placed }: Admitted): boolean {
  if (world.toRefuse > 0) {
    world.toRefuse -= 1
    set.excuses.refused += 1
    set.excuses.phantomAt = world.now
    note(world, 'refused')
    return false
  }
  if (placed === undefined) set.excuses.strays += 1
  const pod = bornPod(world, stamped(set.template, patch), placed)
  set.pods.set(pod.uid, pod)
  publish(world, pod.object)
  return true
}

function bornPod(world: World, metadata: PodTemplate['metadata'], placed: Placement | undefined): ModelPod {
  const { random, now } = world
  world.serial += 1
  const uid = `${random.below(10 ** 6)}-${world.serial}`
  const group = placed === undefined ? random.below(world.claims.length) : groupOfName(placed.group)
  const cost = textOf(metadata.annotations, deletionCostAnnotation)
  const never = random.chance(world.never)
  const scheduled = !never || random.chance(0.5)
  return {
    uid, name: uid, created: now, ready: false, readySince: undefined, phase: 'Pending', restarts: 0, group,
    node: scheduled ? someNode(world, group) : undefined,
    cost: cost === undefined ? undefined : Number(cost),
    readyAt: never ? Infinity : now + random.below(random.chance(world.late) ? 60_000 : 2000),
    object: { metadata: { ...metadata, uid, namespace, creationTimestamp: new Date(now).toISOString() } },
  }
}

/** Each group has three nodes. */
export function someNode({ random }: World, group: number): string {
  return `g${group}/${random.below(3)}`
}

/** The pod's metadata as the API server stores it. What is added to the spec, placement's own tests hold. */
function stamped(template: PodTemplate, patch: readonly PatchOperation[]): PodTemplate['metadata'] {
  const metadata = { ...template.metadata, labels: { ...template.metadata.labels }, annotations: {} }
  for (const { path, value } of patch) {
    const [, root, field, key] = path.split('/')
    if (root !== 'metadata' || (field !== 'labels' && field !== 'annotations')) continue
    Object.assign(metadata[field], key === undefined ? value : { [key.replaceAll('~1', '/')]: value })
  }
  return metadata
}
