/** The seat that an annotation tells; undefined where it tells none. */
export function readSeat(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/u.test(text) ? Number(text) : undefined
}
