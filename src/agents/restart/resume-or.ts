import { shellJoin } from '../../system/shell-words.ts'

/** Seconds within which a CLI that has no conversation to resume has said so and ended. */
const SAYS_SO_WITHIN = 15

/**
 * A command that resumes a conversation, and starts anew where that fails because there is none: at once, by itself,
 * with an error. An end later, by a signal, or while it was told to end, is the agent's own. The shell must outlive
 * the signals that it is sent along with the agent: its own end would cut the agent's short.
 */
export function resumeOr(resumed: readonly string[], anew: readonly string[]): [string, ...string[]] {
  const script = `ended=
trap 'ended=1' HUP INT QUIT TERM
began=$(date +%s)
${shellJoin(resumed)}
code=$?
if [ -n "$ended" ] || [ $code -eq 0 ] || [ $code -gt 125 ] || [ $(($(date +%s) - began)) -ge ${SAYS_SO_WITHIN} ]; then
  exit $code
fi
echo 'agentvm: there is no conversation to resume: starting anew'
trap - HUP INT QUIT TERM
exec "$@"`
  return ['/bin/sh', '-c', script, 'sh', ...anew]
}
