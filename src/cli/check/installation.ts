import type { NamespaceRequirement } from '../../controllers/webhook-entry.ts'
import { asMap } from '../../placement/is-map.ts'
import { parseNamespaceSelector } from '../namespace-selector.ts'
import type { Asked } from './asked.ts'

/** What Versprei's Deployment says of itself; undefined where there is none, or nobody may look. */
export interface Installation {
  readonly serviceAccount: string
  readonly adoption: boolean
  /** The Secret of certificates; undefined: it shares none. */
  readonly certificateSecret: string | undefined
  /** What namespaces have to meet whose pods are sent; undefined: it does not say so here. */
  readonly selected: readonly NamespaceRequirement[] | undefined
}

/** By the first container that serves: its arguments count before its environment, as they do for `serve`. */
export function installationOf(deployment: Asked): Installation | undefined {
  if (deployment.kind !== 'found') return undefined
  const spec = asMap(asMap(asMap(deployment.value['spec'])['template'])['spec'])
  const [container] = Array.isArray(spec['containers']) ? spec['containers'].map(asMap) : []
  const { serviceAccountName } = spec
  return {
    serviceAccount: typeof serviceAccountName === 'string' ? serviceAccountName : 'default',
    adoption: setting(container ?? {}, 'adoption') !== 'off',
    certificateSecret: setting(container ?? {}, 'certificate-secret'),
    selected: selectedBy(container ?? {}),
  }
}

/** Undefined where the value comes from elsewhere (valueFrom, envFrom), or is none. */
function selectedBy(container: Readonly<Record<string, unknown>>): readonly NamespaceRequirement[] | undefined {
  const given = setting(container, 'namespace-selector')
  const { env } = container
  const isElsewhere = container['envFrom'] !== undefined
    || (Array.isArray(env) && env.map(asMap).some(one => one['name'] === 'VERSPREI_NAMESPACE_SELECTOR' && one['valueFrom'] !== undefined))
  if (given === undefined && isElsewhere) return undefined
  const selector = parseNamespaceSelector(given ?? '{}')
  return 'mistakes' in selector ? undefined : selector.requirements
}

function setting(container: Readonly<Record<string, unknown>>, flag: string): string | undefined {
  const [args, env] = [container['args'], container['env']].map(list => (Array.isArray(list) ? list : []))
  const texts = (args ?? []).map(String)
  const joined = texts.find(text => text.startsWith(`--${flag}=`))?.slice(flag.length + 3)
  const at = texts.indexOf(`--${flag}`)
  const variable = `VERSPREI_${flag.toUpperCase().replaceAll('-', '_')}`
  const value: unknown = (env ?? []).map(asMap).find(({ name }) => name === variable)?.['value']
  return joined ?? (at < 0 ? undefined : texts[at + 1]) ?? (typeof value === 'string' && value !== '' ? value : undefined)
}
