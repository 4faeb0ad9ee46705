import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A tmux of another version than the one before it: it can't talk to a server that was started before now, as the real
 * one's protocol has it, and is the real one for all others. Returns the folder to put in front of PATH.
 */
export function upgradeTmux(parent: string, says: string): string {
  const folder = mkdtempSync(join(parent, 'upgraded-'))
  const real = execFileSync('/bin/sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim()
  const now = join(folder, 'now')
  writeFileSync(now, '')
  writeFileSync(
    join(folder, 'tmux'),
    `#!/bin/sh
before=
socket=
for word; do
  [ "$before" = -S ] && socket=$word
  before=$word
done
if [ -S "$socket" ] && [ "$socket" -ot '${now}' ]; then
  echo '${says}' >&2
  exit 1
fi
exec '${real}' "$@"
`,
    { mode: 0o755 },
  )
  return folder
}
