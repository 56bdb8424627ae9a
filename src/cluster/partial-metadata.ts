/**
 * The Accept header that asks for `metadata` alone, of an object or of each in a list: a pod of 3 KB is then sent as its labels,
 * annotations and owners (Kubernetes API concepts, "Receiving resources as Tables", as PartialObjectMetadata).
 */
export function acceptMetadata(kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList'): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`
}
