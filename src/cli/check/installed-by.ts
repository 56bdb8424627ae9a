import { usualNamespace } from '../../controllers/installed-names.ts'
import { textField } from '../../cluster/json-field.ts'
import { asMap } from '../../placement/is-map.ts'
import type { Asked } from './asked.ts'

/** What put Versprei into the cluster, as far as its objects tell. */
export type InstalledBy =
  | { readonly kind: 'release', readonly name: string, readonly namespace: string }
  /** The chart, and something that keeps no release of it: Argo CD, `helm template`. */
  | { readonly kind: 'rendered' }
  /** Of Versprei's own namespace. */
  | { readonly kind: 'manifests', readonly namespace: string }
  | { readonly kind: 'unknown' }

/**
 * By the first of these objects that is there. Helm writes the annotations, the chart the label
 * (https://helm.sh/docs/chart_best_practices/labels/). `namespace`: Versprei's own.
 */
export function installedBy(objects: readonly Asked[], namespace: string): InstalledBy {
  const found = objects.find(object => object.kind === 'found')
  if (found?.kind !== 'found') return { kind: 'unknown' }
  const { labels, annotations } = asMap(found.value['metadata'])
  const [name, at] = ['name', 'namespace'].map(part => textField(annotations, `meta.helm.sh/release-${part}`))
  if (name !== undefined && at !== undefined) return { kind: 'release', name, namespace: at }
  return textField(labels, 'app.kubernetes.io/managed-by') === 'Helm' ? { kind: 'rendered' } : { kind: 'manifests', namespace }
}

/**
 * How what is missing, or altered, is made again: by what installed it. Other manifests than those may be of another namespace: they would
 * start a second Versprei, and give its rights to another account. `folder`: of config/, where one is enough.
 */
export function makeAgain(by: InstalledBy, folder?: 'crd' | 'policy'): string {
  const apply = folder === undefined ? 'kubectl apply -k config' : `kubectl apply -f config/${folder}`
  if (by.kind === 'release') return `helm upgrade ${by.name} CHART --reset-then-reuse-values -n ${by.namespace}`
  if (by.kind === 'rendered') return 'apply the chart again, with what rendered it'
  if (by.kind === 'unknown') return `with what installed it: helm upgrade, or ${apply}`
  return by.namespace === usualNamespace || folder === 'crd' ? apply
    : `apply again the manifests that it was installed with: those of config are for ${usualNamespace}`
}
