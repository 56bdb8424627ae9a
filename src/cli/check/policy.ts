import { asMap } from '../../placement/is-map.ts'
import { itemsOf } from './api.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { ok, skip, warn, type Line } from './line.ts'

const name = 'versprei-pods'
const apply = 'kubectl apply -f config/policy'
const meaning = 'whoever has Versprei\'s token may change anything of any pod'

/**
 * Whether the policy holds that narrows Versprei's right to patch pods. `user`: the account as the API server names it; `mayPatch`:
 * whether it has that right; undefined: not known.
 */
export function judgePolicy(
  policy: Asked, bindings: Asked, { user, mayPatch }: { readonly user: string, readonly mayPatch: boolean | undefined },
): Line {
  if (mayPatch === false) return skip('policy', 'not needed: Versprei\'s account may not patch pods')
  if (isUnknown(policy)) return unknown('policy', `the ValidatingAdmissionPolicy ${name}`, policy)
  if (policy.kind === 'absent') return warn('policy', `there is no ValidatingAdmissionPolicy ${name}: ${meaning}`, `install it: ${apply}`)
  if (isUnknown(bindings)) return unknown('policy', `the bindings of the ValidatingAdmissionPolicy ${name}`, bindings)
  const specs = (bindings.kind === 'found' ? itemsOf(bindings.value) : []).map(({ spec }) => asMap(spec))
  const denies = ({ policyName, validationActions }: Readonly<Record<string, unknown>>): boolean =>
    policyName === name && Array.isArray(validationActions) && validationActions.includes('Deny')
  if (!specs.some(denies)) return warn('policy', `no binding has ${name} deny anything: ${meaning}`, `bind it: ${apply}`)
  const { matchConditions } = asMap(policy.value['spec'])
  const conditions = Array.isArray(matchConditions) ? matchConditions.map(asMap) : []
  const holdsUser = conditions.length === 0 || conditions.some(({ expression }) => String(expression).includes(`'${user}'`))
  return holdsUser
    ? ok('policy', `${name} is bound, and denies ${user} all but Versprei's own keys of pods`)
    : warn('policy', `${name} does not name ${user}, and leaves it alone`, 'name that account in its matchConditions')
}
