import { isDeepStrictEqual } from 'node:util'
import { asMap, isMap } from '../../placement/is-map.ts'
import { someOf } from '../some-of.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { makeAgain, type InstalledBy } from './installed-by.ts'
import { fail, ok, warn, type Line } from './line.ts'

/** What of one object is not as in another, by the paths of the fields. */
export interface Differences {
  /** In the wanted one alone. */
  readonly lacks: readonly string[]
  /** In the other alone. */
  readonly more: readonly string[]
  /** Of another value. */
  readonly other: readonly string[]
}

/** Fields that say something to people alone. */
const prose = new Set(['description'])

/**
 * Compares schemas, field by field. Where lists differ, the whole list does: their items have no name. A field that is called
 * `description`, and is no text, is one like any other.
 */
export function compare(there: unknown, wanted: unknown, path = ''): Differences {
  if (!isMap(there) || !isMap(wanted)) return { lacks: [], more: [], other: isDeepStrictEqual(there, wanted) ? [] : [path] }
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(there)])].filter(key =>
    !prose.has(key) || isMap(there[key]) || isMap(wanted[key]))
  const all = keys.map((key): Differences => {
    const at = path === '' ? key : `${path}.${key}`
    if (!Object.hasOwn(there, key)) return { lacks: [at], more: [], other: [] }
    return Object.hasOwn(wanted, key) ? compare(there[key], wanted[key], at) : { lacks: [], more: [at], other: [] }
  })
  return { lacks: all.flatMap(({ lacks }) => lacks), more: all.flatMap(({ more }) => more), other: all.flatMap(({ other }) => other) }
}

function versionOf(crd: unknown): Readonly<Record<string, unknown>> | undefined {
  const { versions } = asMap(asMap(crd)['spec'])
  return Array.isArray(versions) ? versions.map(asMap).find(({ name }) => name === 'v1beta1') : undefined
}

function schemaOf(crd: unknown): unknown {
  return asMap(versionOf(crd)?.['schema'])['openAPIV3Schema']
}

/** Without the words of a schema that stand in every path. */
function short(path: string): string {
  const fields = path.split('.').filter(part => part !== 'properties' && part !== 'items')
  return fields.join('.')
}

function named(paths: readonly string[]): string {
  return someOf([...new Set(paths.map(short))], 3)
}

/** Whether the API server serves PodDistributors, and by the schema that is `shipped` with this program; undefined: that is not at hand. */
export function judgeCrd(asked: Asked, shipped: unknown, by: InstalledBy): Line {
  if (isUnknown(asked)) return unknown('crd', 'the CRD', asked)
  const again = makeAgain(by, 'crd')
  if (asked.kind === 'absent') return fail('crd', 'there is no CRD poddistributors.versprei.versprei.io', `install it: ${again}`)
  if (versionOf(asked.value)?.['served'] !== true) return fail('crd', 'it does not serve the version v1beta1', `update it: ${again}`)
  const { conditions } = asMap(asked.value['status'])
  const established = Array.isArray(conditions) ? conditions.map(asMap).find(({ type }) => type === 'Established') : undefined
  if (established?.['status'] !== 'True') {
    const why = typeof established?.['message'] === 'string' ? `: ${established['message']}` : ''
    return fail('crd', `it is not Established${why}`, 'see kubectl describe crd poddistributors.versprei.versprei.io')
  }
  if (shipped !== undefined) return judgeSchema(compare(schemaOf(asked.value), schemaOf(shipped)), again)
  return warn('crd', 'Established; not compared: this program has no config/crd beside it', 'compare it with kubectl diff -f config/crd')
}

function judgeSchema({ lacks, more, other }: Differences, again: string): Line {
  const update = `update it (${again}), or use the program of the version that serves`
  if (lacks.length > 0) return warn('crd', `older than this program, or altered: it lacks ${named([...lacks, ...other])}`, update)
  if (other.length > 0) return warn('crd', `of another version than this program, or altered: ${named(other)}`, update)
  if (more.length > 0) return warn('crd', `newer than this program, or altered: it also has ${named(more)}`, update)
  return ok('crd', 'Established, and as this program has it')
}
