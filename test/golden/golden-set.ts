import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifests, type Manifests } from '../../src/manifests/read.ts'
import type { PatchOperation } from '../../src/placement/patch/patch-operation.ts'
import { isMap } from '../../src/placement/is-map.ts'
import type { Json } from './workload.ts'

/** What has to come out of a review: where the pod is placed and by which patch, or why it is left alone. */
export interface GoldenAnswer {
  readonly group?: string
  readonly seat?: number
  readonly patch?: readonly PatchOperation[]
  readonly reason?: string
  readonly warnings?: readonly string[]
}

export interface Review { readonly request: { readonly uid: string, readonly object: Json } }

/** A map in an object; empty where there is none. */
export const mapAt = (object: unknown, field: string): Json => {
  const value = isMap(object) ? object[field] : undefined
  return isMap(value) ? value : {}
}

const folder = import.meta.dirname
export const fileOf = (kind: 'reviews' | 'patches', name: string): string => join(folder, kind, `${name}.json`)

export const readReview = async (name: string): Promise<Review> => JSON.parse(await readFile(fileOf('reviews', name), 'utf8'))
export const readAnswer = async (name: string): Promise<GoldenAnswer> => JSON.parse(await readFile(fileOf('patches', name), 'utf8'))

/** The PodDistributors and nodes that the golden set is decided by. */
export const readGround = async (): Promise<Manifests> =>
  parseManifests('distributors.yaml', await readFile(join(folder, 'distributors.yaml'), 'utf8'))
