import type { Toleration } from './distributor.ts'
import { choiceOf, fault, fieldsOf, integerOf, itemsOf, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { faultOfLabelKey, faultOfLabelValue } from './label-syntax.ts'
import { limits } from './limits.ts'

function faultOfTaintKey(key: string): string | undefined {
  return key === '' ? undefined : faultOfLabelKey(key)
}

/** The API server's rules for a pod's tolerations; Lt and Gt are behind a feature gate there, hence refused. */
function parseToleration(field: Field): Toleration | undefined {
  const at = fieldsOf(field, ['key', 'operator', 'value', 'effect', 'tolerationSeconds'])
  if (!at) return undefined
  const before = field.mistakes.length
  const key = textOf(at('key'), faultOfTaintKey)
  const operator = choiceOf(at('operator'), ['Exists', 'Equal'])
  const value = textOf(at('value'), faultOfLabelValue)
  const effect = choiceOf(at('effect'), ['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
  const tolerationSeconds = integerOf(at('tolerationSeconds'), Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  if (field.mistakes.length > before) return undefined
  if (!key && operator !== 'Exists') fault(at('key'), 'a key is needed unless operator is Exists (then every taint is tolerated)')
  if (value && operator === 'Exists') fault(at('value'), 'Exists takes no value; leave it out, or use operator Equal')
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') fault(at('effect'), 'must be NoExecute when tolerationSeconds is set')
  return {
    ...(key === undefined ? {} : { key }),
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  }
}

/** A group's tolerations; none when absent. */
export function parseTolerations(field: Field): readonly Toleration[] {
  return itemsOf(field, 0, limits.tolerations).flatMap(item => parseToleration(item) ?? [])
}
