/** What is looked at, in the order in which it is told. Explained one by one in docs/reference.md. */
export const checkNames = [
  'cluster', 'clock', 'rights', 'crd', 'registration', 'endpoints', 'ca-bundle', 'certificate', 'replicas', 'leader', 'account', 'policy',
  'distributors', 'dry-run', 'fail-open',
] as const

export type CheckName = typeof checkNames[number]

/** ok: it is as it should be. warn: it may not be, or nobody can tell. fail: it is not. skip: it does not apply, or was not asked. */
export const statuses = ['ok', 'warn', 'fail', 'skip'] as const

/** What a check came to. */
export interface Line {
  readonly check: CheckName
  readonly status: typeof statuses[number]
  /** What was found, for people. */
  readonly found: string
  /** What to do about it; of a line that is neither ok nor skipped, always. */
  readonly advice?: string
}

export function ok(check: CheckName, found: string): Line {
  return { check, status: 'ok', found }
}

export function skip(check: CheckName, found: string): Line {
  return { check, status: 'skip', found }
}

export function warn(check: CheckName, found: string, advice: string): Line {
  return { check, status: 'warn', found, advice }
}

export function fail(check: CheckName, found: string, advice: string): Line {
  return { check, status: 'fail', found, advice }
}
