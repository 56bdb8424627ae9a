#!/usr/bin/env bash
# Stops what DIR/pids lists ("PID NAME" a line, the youngest first), by its own process ids, and removes DIR.
# Usage: down.sh DIR     What up.sh DIR started, and whatever was added to the list since. Nothing there: nothing to do.
set -euo pipefail
[[ -f "$1/pids" ]] || exit 0
# A process id may have been given to another process since: only one whose command line holds NAME is stopped.
alive() {
  local command
  command=$(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || ps -o command= -p "$1" 2>/dev/null || true)
  [[ "$command" == *"$2"* ]]
}
sed '1!G;h;$!d' "$1/pids" | while read -r pid name; do
  alive "$pid" "$name" || continue
  # A test file leads a process group, and what it started goes with it; the parts of a control plane lead none.
  kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null || continue
  for _ in $(seq 100); do alive "$pid" "$name" || continue 2; sleep 0.05; done
  kill -KILL "$pid" 2>/dev/null || true
done
rm -rf "$1"
