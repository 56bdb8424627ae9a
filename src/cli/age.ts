const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

/** How long ago something was, as short as kubectl has it: `45s`, `3m`, `12d`. What is yet to come, by clocks that differ, is `0s`. */
export function tellAge(milliseconds: number): string {
  const age = Math.max(0, milliseconds)
  // As in k8s.io/apimachinery duration.HumanDuration: small figures of a unit would say too little.
  if (age < 2 * minute) return `${Math.floor(age / second)}s`
  if (age < 3 * hour) return `${Math.floor(age / minute)}m`
  return age < 2 * day ? `${Math.floor(age / hour)}h` : `${Math.floor(age / day)}d`
}
