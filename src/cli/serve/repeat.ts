/** Calls `task` every so many milliseconds, without keeping the process alive, until what it returns is called. */
export function repeat(task: () => void, milliseconds: number): () => void {
  const timer = setInterval(task, milliseconds)
  timer.unref()
  return () => clearInterval(timer)
}
