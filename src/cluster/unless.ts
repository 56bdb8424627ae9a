import { ClusterError } from './cluster-error.ts'

/** For `catch`: nothing, where the API server answered with one of these statuses; any other error is thrown on. */
export function unless(...statuses: readonly number[]) {
  return (error: unknown): undefined => {
    if (!(error instanceof ClusterError && statuses.includes(error.status ?? 0))) throw error
  }
}
