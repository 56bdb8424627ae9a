import { accountRights, type AccountRight } from '../../controllers/account-rights.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import type { Installation } from './installation.ts'
import { makeAgain, type InstalledBy } from './installed-by.ts'
import { fail, ok, skip, warn, type Line } from './line.ts'
import type { Called } from '../called.ts'
import { tellRight, type Right } from './right.ts'

/** The Secret that config/deploy names. */
export const usualSecret = 'versprei-certificates'

/** A right of the account, and whether it has it. */
export interface Held {
  readonly right: Right
  readonly neededFor: AccountRight['neededFor']
  readonly isHeld: Asked<boolean>
}

/** The rights that Versprei's account needs, as far as is known how it is run. */
export function rightsToAsk(namespace: string, installation: Installation | undefined): readonly Omit<Held, 'isHeld'>[] {
  return accountRights(installation?.certificateSecret ?? usualSecret)
    .filter(({ neededFor }) => installation === undefined || neededFor === 'always'
      || (neededFor === 'adoption' ? installation.adoption : installation.certificateSecret !== undefined))
    .map(({ scope, neededFor, ...right }) => ({ neededFor, right: scope === 'cluster' ? right : { ...right, namespace } }))
}

/** Whose rights are asked for. */
export interface Subject {
  readonly user: string
  readonly groups: readonly string[]
}

/** As the API server names a ServiceAccount, and the groups that every one is in. */
export function subjectOf(namespace: string, name: string): Subject {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

export interface AccountFacts {
  readonly called: Called | undefined
  readonly namespace: string
  readonly name: string
  readonly account: Asked
  readonly held: readonly Held[]
  readonly installation: Installation | undefined
  readonly by: InstalledBy
}

/** Whether Versprei's ServiceAccount may do what Versprei does: what it lacks is named. */
export function judgeAccount({ called, namespace, name, account, held, installation, by }: AccountFacts): Line {
  const who = `ServiceAccount ${namespace}/${name}`
  if (account.kind === 'absent') {
    return called?.kind === 'url'
      ? skip('account', `there is no ${who}: a Versprei that runs elsewhere has an account of its own; --service-account names another`)
      : fail('account', `there is no ${who}`, `make it again: ${makeAgain(by)}; or name it: --service-account NAME`)
  }
  const refused = held.map(({ isHeld }) => isHeld).find(isUnknown)
  if (refused !== undefined) return unknown('account', `the rights of ${who}`, refused)
  const lacks = held.filter(({ isHeld }) => isHeld.kind !== 'found' || !isHeld.value)
  if (lacks.length === 0) return ok('account', `${who} has all ${held.length} rights that it needs`)
  // Nobody can tell whether there is such an account: of one that is not there, all rights are missing.
  if (isUnknown(account) && lacks.length === held.length) return unknown('account', who, account)
  const named = lacks.map(({ right, neededFor }) => `${tellRight(right)}${neededFor === 'always' ? '' : ` (for ${needs[neededFor]})`}`)
  const isNeeded = lacks.some(({ neededFor }) => neededFor === 'always' || installation !== undefined)
  return (isNeeded ? fail : warn)('account', `${who} lacks ${lacks.length} of ${held.length} rights: ${named.join('; ')}`,
    `grant them: ${makeAgain(by)}; see config/rbac`)
}

const needs = { adoption: '--adoption on', certificates: '--certificate-secret' } as const
