import { dirname, join } from 'node:path'
import type { WrappedCommand } from '@agentvm/sdk'
import { shellJoin, shellQuote } from '../../system/shell-words.ts'
import type { LaunchBounds } from '../limits/bound-agent.ts'
import { ROTATED } from '../log/rotation.ts'
import { LINE_MATCHES, WRITE_EXIT } from './launcher-functions.ts'
import { RUN_FILES } from './run-files.ts'

/** Name of the file that sets the environment for a backend whose program needs one. It removes itself. */
export const START_FILE = 'start'

/** FIFOs for the streams of a run, in its run folder until the launcher has opened them. */
export const PIPES = { stdin: 'stdin', stdout: 'stdout', stderr: 'stderr' } as const

/** Descriptors by which a launcher holds its FIFOs open until it has opened each for its way. */
const HELD: Record<keyof typeof PIPES, number> = { stdin: 7, stdout: 8, stderr: 9 }

/** What a launcher is generated from. */
export interface LauncherOptions {
  wrapped: WrappedCommand
  /** Host folder where `argv[0]` starts. */
  cwd: string
  runDir: string
  bounds: LaunchBounds
}

/** What the launcher of a pane knows besides. */
export interface PaneLauncherOptions extends LauncherOptions {
  id: string
  logFile: string
  eventsFile: string
  /** A word that no earlier start of this agent used; ends the log. */
  endMark: string
}

const HEADER =
  '#!/bin/sh\n# Starts an agent in its sandbox. Made anew by agentvm at each start; changes are lost.\n'

/**
 * The launcher of a pane. It makes the FIFOs by which it and the CLI meet, where a swarm hasn't made those of many at
 * once. It opens what the sandbox needs and waits for its go (if agentvm dies before, the agent never starts), runs the sandbox, records exit code and end time, and keeps the terminal open until the log holds every
 * byte: tmux drops what it hasn't passed on to the log when the pane's terminal closes.
 *
 * It handles INT and QUIT, so that Ctrl-C reaches the agent without ending the launcher, and must not handle HUP or
 * TERM: it has to die with its tmux server, and the sandbox with it.
 *
 * Each program that it starts costs a millisecond, and a swarm starts hundreds: what the shell can do itself it does, and
 * what whoever kills it can do it leaves to them: to tell of the end, to remove its control group, and to look whether
 * the log is whole. If they have died, or a terminal that Ctrl-S has stopped keeps the log from it, it goes on by itself.
 */
export function paneLauncher(options: PaneLauncherOptions): string {
  const { wrapped, id, endMark, bounds } = options
  const mark = `printf '\\033]7788;agentvm-end;${endMark}\\007'`
  return `${HEADER}umask 077
run=${shellQuote(options.runDir)}
logs=${shellQuote(dirname(options.logFile))}
trap : INT QUIT
[ -p "$run/${RUN_FILES.go}" ] || mkfifo -m 600 ${inRunFolder([RUN_FILES.alive, RUN_FILES.go, RUN_FILES.logged])} || exit 125
exec 9<>"$run/${RUN_FILES.alive}" || exit 125
(
cd ${shellQuote(options.cwd)} || exit 125
${opening(wrapped)}read -r go <"$run/${RUN_FILES.go}" && [ "$go" = go ] || exit 125
${becoming(options)}
) 9>&-
code=$?
[ ! -e "$run/${RUN_FILES.go}" ] || exit 125
${LINE_MATCHES}${WRITE_EXIT}${wrapped.status ? `line_matches ${shellQuote(`*${literal(wrapped.status.startedWhen)}*`)} "$run/${RUN_FILES.status}" || code=125\n` : ''}if [ -e "$run/${RUN_FILES.killed}" ]; then
if write_exit 'code=%s\\n' "$code" && [ -p "$run/${RUN_FILES.logged}" ]; then
${mark} 9>&- &
exec 8<>"$run/${RUN_FILES.logged}" 7<"$run/${RUN_FILES.logged}" 8>&-
read -r word <&7 && [ "$word" = logged ] && exit 0
{ kill $!; wait $!; } 2>/dev/null
fi
else
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
reason=exited
${endReason(bounds)}write_exit 'code=%s\\nat=%s\\nreason=%s\\n' "$code" "$at" "$reason"
read -r name <"$run/${RUN_FILES.name}"
printf '{"time":"%s","event":"exit","id":"${id}","name":"%s","code":%s,"reason":"%s"}\\n' "$at" "$name" "$code" "$reason" >>${shellQuote(options.eventsFile)}
fi
stty -ixon 2>/dev/null
${mark}
quiet=0 last=
while [ $quiet -lt 250 ]; do
  read -r name <"$run/${RUN_FILES.name}"
  end=$({ [ ! -e "$logs/$name.log${ROTATED}" ] || tail -c 64 "$logs/$name.log${ROTATED}"; tail -c 64 "$logs/$name.log"; } 2>/dev/null)
  case $end in *"agentvm-end;${endMark}"*) break ;; esac
  if [ "$end" = "$last" ]; then quiet=$((quiet + 1)); else quiet=0; fi
  [ -p "$run/${RUN_FILES.logged}" ] || quiet=$((quiet + 10))
  last=$end
  sleep 0.02 2>/dev/null || sleep 1
done
exit 0
`
}

/**
 * The launcher of `agentvm run`: becomes the sandbox's program, which has the caller's streams. The caller records the end.
 * It opens its FIFOs for both ways first: opened for one, each would wait for the caller, also for one that has died. That
 * it has died is told by the descriptor of the go.
 */
export function pipeLauncher(options: LauncherOptions & { input: boolean }): string {
  const { wrapped, input } = options
  const pipes = [...(input ? [PIPES.stdin] : []), PIPES.stdout, PIPES.stderr]
  const opened = [...pipes, ...wrapped.fds.map(({ file }) => file)]
  return `${HEADER}umask 077
run=${shellQuote(options.runDir)}
mkfifo -m 600 ${inRunFolder(pipes)} || exit 125
exec ${pipes.map((pipe) => `${HELD[pipe]}<>"$run/${pipe}"`).join(' ')} || exit 125
exec ${input ? `<"$run/${PIPES.stdin}" ` : ''}>"$run/${PIPES.stdout}" 2>"$run/${PIPES.stderr}" || exit 125
exec ${pipes.map((pipe) => `${HELD[pipe]}>&-`).join(' ')}
read -r go <&3 && [ "$go" = go ] || exit 125
exec 3<&-
cd ${shellQuote(options.cwd)} || exit 125
${opening(wrapped)}rm -f ${inRunFolder(opened)}
${becoming(options)}
`
}

/** The file that sets the exact environment and becomes the program, or undefined if that environment is empty. */
export function startFile(options: LauncherOptions): string | undefined {
  const { env, argv } = options.wrapped
  if (Object.keys(env).length === 0) return undefined
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote(value)}`)
  return [
    HEADER,
    `/bin/rm -f ${shellQuote(`${options.runDir}/${START_FILE}`)}`,
    'unset OLDPWD SHLVL',
    ...exports,
    `exec ${shellJoin(argv)}\n`,
  ].join('\n')
}

/** A text as a pattern of the shell that matches nothing else. */
const literal = (text: string) => text.replaceAll(/[\\*?[\]]/g, '\\$&')

const inRunFolder = (files: readonly string[]) => files.map((file) => `"$run/${file}"`).join(' ')

/** Opens the descriptors that the backend asked for. Their files have done their work then. */
function opening({ fds }: WrappedCommand): string {
  return fds.map(({ fd, file }) => `exec ${fd}<"$run/${file}" || exit 125\n`).join('')
}

/** Becomes the sandbox's program. */
function becoming({ wrapped, runDir, bounds }: LauncherOptions): string {
  const lines = bounding(bounds)
  if (wrapped.status) lines.push(`exec ${wrapped.status.fd}>"$run/${RUN_FILES.status}" || exit 125`)
  lines.push(
    'umask 022',
    wrapped.ignoreSignals.length > 0 ? `trap '' ${wrapped.ignoreSignals.join(' ')}` : 'trap - INT QUIT',
    // agentvm removes it once it has said the word. This is for one that died in between.
    `[ ! -e "$run/${RUN_FILES.go}" ] || rm -f "$run/${RUN_FILES.go}"`,
    `exec ${scoped(bounds)}${
      Object.keys(wrapped.env).length === 0
        ? `env -i ${shellJoin(wrapped.argv)}`
        : `env -i /bin/sh ${shellQuote(`${runDir}/${START_FILE}`)}`
    }`,
  )
  return lines.join('\n')
}

/**
 * Puts this process, which becomes the agent, within its bounds. A group that it can't enter stops it; a limit of the
 * machine that is lower than ours stays.
 */
function bounding({ enter, openFiles, memoryPerProcess }: LaunchBounds): string[] {
  const soft = (option: string, value: number) =>
    `ulimit -${option} ${value} 2>/dev/null || ulimit -S -${option} "$(ulimit -H -${option})" 2>/dev/null`
  return [
    ...enter.map((path) => `echo 0 >${shellQuote(path)} || exit 125`),
    'ulimit -c 0',
    ...(openFiles ? [soft('n', openFiles)] : []),
    ...(memoryPerProcess ? [soft('d', Math.ceil(memoryPerProcess / 1024))] : []),
  ]
}

function scoped({ scope }: LaunchBounds): string {
  if (!scope) return ''
  const variables = Object.entries(scope.env).map(([name, value]) => `${name}=${value}`)
  return `env -i ${shellJoin([...variables, ...scope.command])} `
}

/** Looks into the agent's control groups for what made it fail, and removes them unless something still runs in them. */
function endReason({ enter }: LaunchBounds): string {
  const counted = (pattern: string, files: string[]) => {
    const paths = enter.flatMap((path) => files.map((file) => join(dirname(path), file)))
    return `[ "$code" -ne 0 ] && line_matches ${shellJoin([pattern, ...paths])}`
  }
  if (enter.length === 0) return ''
  return `${counted('max [1-9]*', ['pids.events'])} && reason=process-limit
${counted('oom_kill [1-9]*', ['memory.events', 'memory.oom_control'])} && reason=out-of-memory
rmdir ${shellJoin(enter.map((path) => dirname(path)))} 2>/dev/null
`
}
