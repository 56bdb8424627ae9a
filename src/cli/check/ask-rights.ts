import { asMap } from '../../placement/is-map.ts'
import type { Held, Subject } from './account.ts'
import type { Api } from './api.ts'
import type { Asked } from './asked.ts'
import type { Right } from './right.ts'
import { reviews } from './rights.ts'

const apiVersion = 'authorization.k8s.io/v1'

/** Whether whoever runs this has each of these rights. */
export function askOwn(api: Api, rights: readonly Right[]): Promise<readonly { readonly right: Right, readonly isHeld: Asked<boolean> }[]> {
  return Promise.all(rights.map(async right => ({ right, isHeld: await askOwnRight(api, right) })))
}

export async function askOwnRight(api: Api, right: Right): Promise<Asked<boolean>> {
  return isAllowed(await api.post(reviews.own, { apiVersion, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: right } }))
}

/** Whether another has each of these rights. */
export function askAccount(api: Api, rights: readonly Omit<Held, 'isHeld'>[], subject: Subject): Promise<readonly Held[]> {
  return Promise.all(rights.map(async one => {
    const spec = { ...subject, resourceAttributes: one.right }
    return { ...one, isHeld: isAllowed(await api.post(reviews.others, { apiVersion, kind: 'SubjectAccessReview', spec })) }
  }))
}

function isAllowed(review: Asked): Asked<boolean> {
  return review.kind === 'found' ? { kind: 'found', value: asMap(review.value['status'])['allowed'] === true } : review
}
