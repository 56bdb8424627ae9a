/** How far a reflector has come. */
export interface ReflectorStatus {
  /** A whole list has been handed over; stays true from then on, whatever happens to the API server. */
  readonly synced: boolean
  /**
   * Until when everything that happened is known to have been seen: when the last event or bookmark came, or the last list was asked for.
   * Milliseconds since 1970; undefined before the first list.
   */
  readonly lastContact: number | undefined
  /** Where the next watch goes on; undefined when a list is due. */
  readonly resourceVersion: string | undefined
  /** Lists handed over. */
  readonly lists: number
  /** Events delivered, without bookmarks. */
  readonly events: number
  /** Failures of a list or a watch; each is followed by a new try. */
  readonly restarts: number
  /** How often parsing or the consumer threw. */
  readonly faults: number
  /** Why it is not up to date now; undefined when all is well. */
  readonly lastError: Error | undefined
}

export interface Progress {
  readonly synced: Promise<void>
  read(): Omit<ReflectorStatus, 'faults'>
  listed(resourceVersion: string, asOf: number): void
  /** The API server answered a watch. */
  watching(): void
  /** An event, or (`bookmark`) only a sign of life. */
  advanced(resourceVersion: string, at: number, bookmark: boolean): void
  /** `relist`: the resourceVersion is of no use any more. */
  failed(error: Error, relist: boolean): void
}

export function createProgress(): Progress {
  const synced = Promise.withResolvers<void>()
  let status: Omit<ReflectorStatus, 'faults'> = {
    synced: false, lastContact: undefined, resourceVersion: undefined, lists: 0, events: 0, restarts: 0, lastError: undefined
  }
  const change = (part: Partial<typeof status>) => { status = { ...status, ...part } }
  return {
    synced: synced.promise,
    read: () => status,
    listed: (resourceVersion, asOf) => {
      change({ synced: true, lastContact: asOf, resourceVersion, lists: status.lists + 1, lastError: undefined })
      synced.resolve()
    },
    watching: () => change({ lastError: undefined }),
    advanced: (resourceVersion, at, bookmark) =>
      change({ lastContact: at, resourceVersion, events: status.events + (bookmark ? 0 : 1), lastError: undefined }),
    failed: (error, relist) => change({
      restarts: status.restarts + 1, lastError: error, resourceVersion: relist ? undefined : status.resourceVersion
    })
  }
}
