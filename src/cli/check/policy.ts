import { isDeepStrictEqual } from 'node:util'
import { textField } from '../../cluster/json-field.ts'
import { usualNamespace } from '../../controllers/installed-names.ts'
import { asMap, isMap } from '../../placement/is-map.ts'
import { subjectOf } from './account.ts'
import { itemsOf } from './api.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { makeAgain, type InstalledBy } from './installed-by.ts'
import { ok, skip, warn, type Line } from './line.ts'

type Map = Readonly<Record<string, unknown>>

const name = 'versprei-pods'
const meaning = 'whoever has Versprei\'s token may change anything of any pod'

/** What the API server adds to a MatchResources (SetDefaults_MatchResources in its admissionregistration/v1). */
const matchDefaults = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }

export interface PolicyFacts {
  readonly policy: Asked
  /** All of the cluster. */
  readonly bindings: Asked
  /** The account as the API server names it. */
  readonly user: string
  /** Whether it has the right that the policy narrows; undefined: not known. */
  readonly mayPatch: boolean | undefined
  /** The policy that this program was published with; undefined: it is not at hand. */
  readonly shipped: unknown
  readonly by: InstalledBy
}

/** Whether the policy holds that narrows Versprei's right to patch pods. */
export function judgePolicy({ policy, bindings, user, mayPatch, shipped, by }: PolicyFacts): Line {
  if (mayPatch === false) return skip('policy', 'not needed: Versprei\'s account may not patch pods')
  if (isUnknown(policy)) return unknown('policy', `the ValidatingAdmissionPolicy ${name}`, policy)
  const again = makeAgain(by, 'policy')
  if (policy.kind === 'absent') return warn('policy', `there is no ValidatingAdmissionPolicy ${name}: ${meaning}`, `install it: ${again}`)
  if (isUnknown(bindings)) return unknown('policy', `the bindings of the ValidatingAdmissionPolicy ${name}`, bindings)
  const specs = (bindings.kind === 'found' ? itemsOf(bindings.value) : []).map(({ spec }) => asMap(spec)).filter(denies)
  if (specs.length === 0) return warn('policy', `no binding has ${name} deny anything: ${meaning}`, `bind it: ${again}`)
  if (!specs.some(bindsAll)) {
    return warn('policy', `no binding has ${name} deny for all pods: each narrows it by matchResources or a paramRef`, `bind it: ${again}`)
  }
  const spec = asMap(policy.value['spec'])
  if (!names(spec, user)) return warn('policy', `${name} does not name ${user}, and leaves it alone`, `name that account in it: ${again}`)
  if (shipped === undefined) {
    return warn('policy', `${name} is present, and bound; not compared: this program has no config/policy beside it`,
      'run the check of a checkout, or of the package, of this version')
  }
  const altered = fieldsThatDiffer(defaulted(spec), defaulted(forUser(asMap(asMap(shipped)['spec']), user)))
  return altered.length === 0
    ? ok('policy', `${name} is bound, and denies ${user} all but Versprei's own keys of pods`)
    : warn('policy', `${name} is of another version than this program, or altered: ${altered.join(', ')}; it may deny nothing`,
      `update it (${again}), or use the program of the version that serves`)
}

function denies({ policyName, validationActions }: Map): boolean {
  return policyName === name && Array.isArray(validationActions) && validationActions.includes('Deny')
}

function bindsAll({ matchResources, paramRef }: Map): boolean {
  return paramRef === undefined && isDeepStrictEqual({ ...matchDefaults, ...asMap(matchResources) }, matchDefaults)
}

/** Without conditions it is for everybody. */
function names({ matchConditions }: Map, user: string): boolean {
  const conditions = Array.isArray(matchConditions) ? matchConditions.map(asMap) : []
  return conditions.length === 0 || conditions.some(one => textField(one, 'expression')?.includes(`'${user}'`) === true)
}

/** The shipped policy is for the account in config. */
function forUser(spec: Map, user: string): Map {
  const { matchConditions } = spec
  const usual = `'${subjectOf(usualNamespace, 'versprei').user}'`
  const conditions = Array.isArray(matchConditions) ? matchConditions.map(asMap) : []
  const named = conditions.map(one => ({ ...one, expression: textField(one, 'expression')?.replace(usual, `'${user}'`) }))
  return { ...spec, matchConditions: named }
}

function defaulted(spec: Map): Map {
  return { ...spec, matchConstraints: { ...matchDefaults, ...asMap(spec['matchConstraints']) } }
}

/** What is denied, and for whom; the words that go with it are for people. */
function fieldsThatDiffer(there: Map, wanted: Map): readonly string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(there)])]
    .filter(field => !isDeepStrictEqual(withoutWords(there[field]), withoutWords(wanted[field])))
}

function withoutWords(field: unknown): unknown {
  return Array.isArray(field) ? field.map(item => (isMap(item) ? { ...item, message: undefined } : item)) : field
}
