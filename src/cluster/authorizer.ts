import type { Authorization, Authorize } from './credentials.ts'
import { configurationError } from './kubeconfig.ts'
import { loadSource, type Source, type Target } from './source.ts'

export interface Authorizer {
  authorize(): Promise<Authorization>
  /** The credentials were refused: get new ones for the next request. */
  forget(): void
}

/**
 * One authorization at a time: requests that meet while an exec plugin runs share its answer. After `forget` (the API server said 401) the
 * source is loaded anew: that drops what client-node keeps, and finds a kubeconfig that was rewritten in the meantime.
 */
export function createAuthorizer(source: Source, target: Target): Authorizer {
  let authorize: Authorize | undefined = target.authorize
  let underWay: Promise<Authorization> | undefined
  const reload = async (): Promise<Authorize> => {
    const again = await loadSource(target.context === undefined ? source : { ...source, context: target.context })
    if (again.server === target.server) return again.authorize
    throw configurationError(`the kubeconfig now names the server ${again.server}, no longer ${target.server}: restart to follow`)
  }
  const run = async (): Promise<Authorization> => {
    authorize ??= await reload()
    return authorize()
  }
  return {
    forget: () => { authorize = undefined },
    authorize: () => underWay ??= run().catch((error: unknown) => {
      authorize = undefined
      throw error
    }).finally(() => { underWay = undefined })
  }
}
