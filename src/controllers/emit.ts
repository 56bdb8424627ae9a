/** Something that a person would want to know, to be told as a Kubernetes Event about a PodDistributor. */
export interface Occurrence {
  readonly regarding: { readonly namespace: string, readonly name: string, readonly uid: string }
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly note: string
}

export type Emit = (occurrence: Occurrence) => void
