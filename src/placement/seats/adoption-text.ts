const prefix = 'adopted-'

/** The admission annotation of a pod that is adopted: it tells this pod and this time from all others. */
export function adoptionText(uid: string, now: number): string {
  return `${prefix}${uid}-${now}`
}

/**
 * When the pod of this uid was adopted, in milliseconds since 1970. `other`: another pod was, from which a template was copied; undefined:
 * the annotation names the review of an admission, or is not there.
 */
export function adoptedAt(admission: string | undefined, uid: string): number | 'other' | undefined {
  if (admission === undefined || !admission.startsWith(prefix)) return undefined
  const own = adoptionText(uid, 0).slice(0, -1)
  const time = admission.startsWith(own) ? admission.slice(own.length) : ''
  return /^\d+$/u.test(time) ? Number(time) : 'other'
}
