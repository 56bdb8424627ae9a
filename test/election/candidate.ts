import { createElection, type Election, type ElectionOptions } from '../../src/cluster/election.ts'
import type { Fate, LeaseApi } from './lease-api.ts'
import type { Machine, World } from './world.ts'

export interface Candidate extends Election {
  readonly identity: string
  readonly machine: Machine
  /** How often onChange was called. */
  readonly changes: () => number
  /** Level and text of each line. */
  readonly logged: string[]
  /** From now on, for every request. */
  readonly fated: (fate: (method: string) => Fate) => void
  mayLead: boolean
}

export const urlOf = (identity: string) => `https://${identity}.test:8444`

/** Whether it leads, and whom it takes for the leader. */
export const view = (one: Election) => [one.isLeader(), one.leader()?.identity]

interface Own extends Partial<ElectionOptions> { readonly offset?: number }

/** `offset`: how far its clocks are from the world's, in milliseconds. */
export const createCandidate = (world: World, api: LeaseApi, identity: string, { offset = 0, ...others }: Own = {}): Candidate => {
  const machine = world.machine(offset)
  let changes = 0
  let fate: (method: string) => Fate = () => ({})
  const logged: string[] = []
  const log = (level: string) => (...line: unknown[]) => { logged.push(`${level}: ${line.findLast(part => typeof part === 'string')}`) }
  const election = createElection({
    connection: api.connection(identity, method => fate(method)),
    namespace: 'versprei-system', name: 'versprei',
    candidate: { identity, url: urlOf(identity) },
    mayLead: () => candidate.mayLead,
    clock: machine.clock,
    wallNow: machine.wallNow,
    random: () => 0.5,
    log: { debug: log('debug'), info: log('info'), warn: log('warn') },
    onChange: () => { changes++ },
    ...others,
  })
  const candidate: Candidate = {
    ...election, identity, machine, logged, mayLead: true,
    changes: () => changes,
    fated: next => { fate = next },
  }
  return candidate
}
