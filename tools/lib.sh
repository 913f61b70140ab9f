# SPDX-License-Identifier: ISC
# What the scripts share: where the project is, how they speak, how they know a process again.
# shellcheck shell=bash disable=SC2034 # what is set here is used by those who read it

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
me=tools/${0##*/}

say() { printf '%s: %s\n' "$me" "$*" >&2; }

# die STATUS MESSAGE...: 1 it went wrong, 2 bad usage or something is not installed.
die() {
  local status=$1
  shift
  say "$@"
  exit "$status"
}

# usage: the script's own head, from its third line to the first line that is no comment.
usage() { sed -n '3,${/^#/!q; s/^# \{0,1\}//p;}' "$0"; }

# quietly LOG COMMAND...: what the command says is of interest only when it fails.
quietly() {
  local log=$1 status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status)); then
    cat "$log" >&2
    die 1 "failed with status $status: $*"
  fi
}

# A process id alone may have gone to another process since; with the start time it means one process
# until the machine restarts. Prints nothing when there is no such process or it is dead: a zombie, none
# of whose other threads is still on its way out (and holds its ports).
start_time() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  # Field 2, the name, may hold blanks and brackets: count from behind it. State is then 1, start 20.
  read -ra stat <<<"${stat##*) }"
  local tasks=("/proc/$1/task/"*)
  if [[ ${stat[0]} != [ZX] || ${#tasks[@]} -gt 1 ]]; then echo "${stat[19]}"; fi
}

# remember_process FILE PID
remember_process() { echo "$2 $(start_time "$2")" >"$1"; }

# remembered_process FILE: prints the process id if that very process still runs, else fails.
remembered_process() {
  local pid='' start=''
  [[ -f $1 ]] && read -r pid start <"$1" && [[ -n $start && $(start_time "$pid") == "$start" ]] && echo "$pid"
}

# port_is_free PORT [ADDRESS]: nobody listens there.
port_is_free() { ! (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

# wait_until SECONDS COMMAND...: tries every 50 ms; fails when it never succeeded.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}
