import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { shellQuote } from '../../system/shell-words.ts'
import { RUN_FILES } from '../spawn/run-files.ts'

/** What the name of a log's older part ends with. */
export const ROTATED = '.1'

/** Bytes that the pipe passes on at once: as much as a pipe holds. */
const BLOCK = 65_536

/** The files that a log consists of, the older part first. */
export function logFiles(path: string): string[] {
  return [`${path}${ROTATED}`, path].filter((file) => existsSync(file))
}

/** Bytes that are tried at once where the disk took nothing: fewer, and tmux would have to keep what an agent prints. */
const DROPPED = 1_048_576

/** More blocks than any log has. */
const UNBOUNDED = 1_000_000_000

/** The line of a log that stands for what is missing. */
const MISSING = '[agentvm: output before this line is missing: the log could not be written]'

/**
 * The script that writes a pane's output into the agent's log and rotates it. Each `dd` takes as many blocks as the log
 * has room for, however short they are, and writes each as it comes; one that has read fewer has seen the end. Where it
 * doesn't say how many, one that adds nothing has. The log's name is looked up each time: the agent may have been renamed.
 *
 * What a full disk doesn't take is dropped, and a line says so once there is room: the agent must not be held up, nor
 * tmux keep it all. What waits for the log's end is told by the file that is removed then.
 */
export function logPipe(options: { runDir: string; logFile: string; mostBytes: number }): string {
  const { runDir, logFile, mostBytes } = options
  const blocks = mostBytes > 0 ? `$(((${mostBytes} - size + ${BLOCK - 1}) / ${BLOCK}))` : `${UNBOUNDED}`
  const rotate = `  [ $size -lt ${mostBytes} ] || { mv -f "$log" "$log${ROTATED}" && size=0; }\n`
  return `#!/bin/sh
# Writes an agent's output into its log. Made anew by agentvm at each start; changes are lost.
umask 077
run=${shellQuote(runDir)}
logs=${shellQuote(dirname(logFile))}
missing=
while read -r name <"$run/${RUN_FILES.name}"; do
  log=$logs/$name.log
  [ -z "$missing" ] || ! printf '\r\n${MISSING}\r\n' >>"$log" || missing=
  size=0
  [ ! -s "$log" ] || size=$(($(wc -c <"$log") + 0))
${mostBytes > 0 ? rotate : ''}  blocks=${blocks}
  bs=${BLOCK}
  [ -z "$missing" ] || bs=${DROPPED} blocks=1
  if said=$(dd bs=$bs count=$blocks 2>&1 >>"$log"); then
    case $said in
    *[0-9]+[0-9]*" records in"*)
      whole=\${said%%+*} part=\${said#*+}
      # What it has to say besides comes before the figures.
      [ $((\${whole##*[!0-9]} + \${part%% *})) -ge $blocks ] || exit 0
      ;;
    *) [ $size -ne $(($(wc -c <"$log") + 0)) ] || exit 0 ;;
    esac
  else
    missing=yes
    [ ! -p "$run/${RUN_FILES.logged}" ] || rm -f "$run/${RUN_FILES.logged}"
    # It has taken from the pipe what it couldn't write, unless it couldn't open the log.
    true >>"$log" || [ $(($(dd bs=$bs count=1 | wc -c))) -gt 0 ] || exit 0
  fi
done 2>/dev/null
`
}
