import { Counter, type Registry } from 'prom-client'

/** What the leader does beside answering. */
export interface ControllerMetrics {
  readonly countAdopted: (pods: number) => void
  readonly countRenumbered: (pods: number) => void
  readonly countStatusWrite: () => void
  /** Reservations that ended without their pod: it was admitted, and never seen. */
  readonly countExpired: (reservations: number) => void
}

export function createControllerMetrics(registry: Registry): ControllerMetrics {
  const count = (name: string, help: string): ((by: number) => void) => {
    const counter = new Counter({ name, help, registers: [registry] })
    return by => counter.inc(by)
  }
  const countStatusWrites = count('versprei_status_writes_total', 'Statuses of PodDistributors that were written')
  return {
    countAdopted: count('versprei_pods_adopted_total', 'Pods adopted that no admission had placed'),
    countRenumbered: count('versprei_pods_renumbered_total', 'Pods whose seat was renumbered, so that a group holds its first seats'),
    countStatusWrite: () => countStatusWrites(1),
    countExpired: count('versprei_reservations_expired_total', 'Seats given back because their pod was never seen'),
  }
}
