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

/**
 * The script that writes a pane's output into the agent's log and rotates it. Each `dd` takes as many blocks as the log
 * has room for, however short they are, and writes each as it comes; one that has read fewer has seen the end. Where it
 * doesn't say how many, one that adds nothing has. The log's name is looked up each time: the agent may have been renamed.
 */
export function logPipe(options: { runDir: string; logFile: string; mostBytes: number }): string {
  const { runDir, logFile, mostBytes } = options
  const blocks = `$(((${mostBytes} - size + ${BLOCK - 1}) / ${BLOCK}))`
  return `#!/bin/sh
# Writes an agent's output into its log. Made anew by agentvm at each start; changes are lost.
umask 077
run=${shellQuote(runDir)}
logs=${shellQuote(dirname(logFile))}
while read -r name <"$run/${RUN_FILES.name}"; do
  log=$logs/$name.log
${
  mostBytes > 0
    ? `  size=0
  [ ! -s "$log" ] || size=$(($({ wc -c <"$log" || echo 0; } 2>/dev/null)))
  [ $size -lt ${mostBytes} ] || { mv -f "$log" "$log${ROTATED}" && size=0; }
  blocks=${blocks}
  said=$(dd bs=${BLOCK} count=$blocks 2>&1 >>"$log")
  case $said in
  *[0-9]+[0-9]*" records in"*)
    whole=\${said%%+*} part=\${said#*+}
    # What it has to say besides comes before the figures.
    [ $((\${whole##*[!0-9]} + \${part%% *})) -ge $blocks ] || exit 0
    ;;
  *) [ $size -ne $(($({ wc -c <"$log" || echo 0; } 2>/dev/null))) ] || exit 0 ;;
  esac`
    : '  exec cat >>"$log"'
}
done
`
}
