import { RUN_FILES } from './run-files.ts'

/** Whether a line of one of some files matches a pattern of the shell: without starting a program, as `grep` is. */
export const LINE_MATCHES = `line_matches() {
  pattern=$1
  shift
  for file; do
    [ -r "$file" ] || continue
    while read -r line || [ -n "$line" ]; do
      case $line in $pattern) return 0 ;; esac
    done <"$file"
  done
  return 1
}
`

/** Writes the `exit` file by the arguments of a `printf`; on a full disk over the room that was taken for it. */
export const WRITE_EXIT = `write_exit() {
  printf "$@" >"$run/${RUN_FILES.exit}" && return
  printf "$@" 1<>"$run/${RUN_FILES.exitRoom}" && mv -f "$run/${RUN_FILES.exitRoom}" "$run/${RUN_FILES.exit}"
} 2>/dev/null
`
