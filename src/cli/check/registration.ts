import { isDeepStrictEqual } from 'node:util'
import { configurationName, entryName, reviewPath, webhookEntry, type NamespaceRequirement } from '../../controllers/webhook-entry.ts'
import { parseRegistered } from '../../controllers/webhook-store.ts'
import { calledBy, type Called } from '../called.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { makeAgain, type InstalledBy } from './installed-by.ts'
import { fail, ok, warn, type Line } from './line.ts'
import { selectionOf } from './selection.ts'

type Map = Readonly<Record<string, unknown>>

/** Our entry in the MutatingWebhookConfiguration. */
export function entryIn(configuration: Asked): Map | undefined {
  return configuration.kind === 'found' ? parseRegistered(configuration.value).entry : undefined
}

const leaderMends = 'the leader writes it again within 10 s: if it stays so, see its log, and who else writes it (--show-managed-fields)'

/**
 * Whether pods are sent to Versprei at all, and so that they never wait long nor are refused. `selected`: what namespaces have to meet by
 * Versprei's own flags; undefined: not known.
 */
export function judgeRegistration(
  configuration: Asked, selected: readonly NamespaceRequirement[] | undefined, by: InstalledBy,
): Line {
  if (isUnknown(configuration)) return unknown('registration', `the MutatingWebhookConfiguration ${configurationName}`, configuration)
  if (configuration.kind === 'absent') {
    return fail('registration', `there is no MutatingWebhookConfiguration ${configurationName}: Versprei is turned off, or not installed`,
      `turn it on: ${makeAgain(by)}; the leader then writes its entry within 10 s`)
  }
  const entry = entryIn(configuration)
  if (entry === undefined) {
    return fail('registration', `${configurationName} has no entry ${entryName}: no pod is sent to Versprei`,
      'the leader writes it within 10 s: see the lines replicas, leader and account, and the log of the leader')
  }
  const called = calledBy(entry)
  if (called === undefined) return fail('registration', 'its entry says neither a service nor a URL to call', leaderMends)
  return judgeEntry(entry, called, selected)
}

function judgeEntry(entry: Map, called: Called, selected: readonly NamespaceRequirement[] | undefined): Line {
  const where = called.kind === 'url' ? called.url : `Service ${called.namespace}/${called.name}:${called.port}${called.path}`
  if (entry['failurePolicy'] !== 'Ignore') {
    return fail('registration', `failurePolicy is ${String(entry['failurePolicy'])}: without Versprei no pod can be created`, leaderMends)
  }
  const path = called.kind === 'url' ? URL.parse(called.url)?.pathname : called.path
  if (path !== reviewPath) return fail('registration', `it calls ${where}, and reviews are answered at ${reviewPath} alone`, leaderMends)
  const wanted: Map = webhookEntry({ url: '' }, undefined, undefined)
  if (!isDeepStrictEqual(entry['rules'], wanted['rules'])) {
    return fail('registration', `its rules are not those of Versprei: ${JSON.stringify(entry['rules'])}`, leaderMends)
  }
  const { altered, added } = selectionOf(entry, called, selected)
  if (altered.length > 0) {
    return fail('registration', `the pods that are sent are not chosen as Versprei does: ${altered.join(', ')}`,
      `${leaderMends}; or use the program of the version that serves`)
  }
  const different = ['timeoutSeconds', 'sideEffects', 'reinvocationPolicy', 'matchPolicy'].filter(field => entry[field] !== wanted[field])
  if (different.length > 0) {
    const says = different.map(field => `${field} is ${String(entry[field])}, not ${String(wanted[field])}`)
    return warn('registration', says.join('; '), leaderMends)
  }
  if (added.length > 0) {
    return warn('registration', `pods are left out by what another added: ${added.join('; ')}`,
      'the leader leaves what is not its own: take it out, or have whoever writes it do so (--show-managed-fields)')
  }
  return ok('registration', `${where}, failurePolicy Ignore, at most ${String(entry['timeoutSeconds'])} s`)
}
