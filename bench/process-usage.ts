import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU that all threads of a process have used, in microseconds: the kernel's own sum of time on a CPU, to the nanosecond
 * (proc(5), `schedstat`). `/proc/PID/stat` counts in ticks of 10 ms, too coarse for a second of load.
 */
export function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]), 0) / 1000
}

/** Resident memory of a process in MiB: now, and the most it ever was. */
export function memoryOf(pid: number): { readonly now: number, readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'mu').exec(status)?.[1]) / 1024
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/**
 * Waits until a process has used some CPU, `atLeast` microseconds from now, and then next to none for a while; at most so many
 * milliseconds. Returns what it has used from now on, in microseconds.
 */
export async function settle(pid: number, atLeast = 0, longest = 20_000): Promise<number> {
  const begin = cpuOf(pid)
  const deadline = performance.now() + longest
  let before = begin
  for (let quiet = 0; quiet < 3 && performance.now() < deadline;) {
    await new Promise(resolve => {
      setTimeout(resolve, 30)
    })
    const now = cpuOf(pid)
    quiet = now - before < 1000 && now - begin >= atLeast ? quiet + 1 : 0
    before = now
  }
  return before - begin
}
