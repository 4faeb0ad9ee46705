import { type Probe, probesOf } from '../probe.ts'

/** Secrets of a user's home, as the kit makes them below `$V/home`. */
export const SECRET_FILES = [
  ...['.ssh/id_ed25519', '.aws/credentials', '.config/gcloud/key.json', '.kube/config', '.netrc', '.npmrc'],
  ...[
    '.docker/config.json',
    '.gnupg/private.key',
    '.git-credentials',
    '.bash_history',
    '.claude.json',
    '.pypirc',
  ],
  ...['.agentvm/env', '.agentvm/workspaces/other/work', '.agentvm/homes/other/.claude.json'],
]

/** What starts with the user's session or shell, as the kit makes it below `$V/home`. */
export const START_FILES = [
  ...['.bashrc', '.profile', '.zshrc', '.ssh/authorized_keys', '.config/autostart/x.desktop', '.gitconfig'],
  ...['.config/systemd/user/x.service', '.local/bin/git'],
]

const nameOf = (path: string) => path.replace(/^\./, '').replaceAll(/[^a-z0-9]+/gi, '-')
const each = (files: readonly string[], attack: (path: string) => string) =>
  Object.fromEntries(files.map((path) => [nameOf(path), attack(`"$V/home/${path}"`)]))

/** Reads of what nobody named. */
export const FILE_READ: Probe[] = probesOf('file-read', {
  ...each(SECRET_FILES, (path) => `grep -q secret ${path}`),
  'list-folder': 'ls "$V/home"',
  stat: 'stat "$V/secret"',
  'by-symlink': 'ln -sfn "$V/secret" link-r; grep -q secret link-r',
  'by-folder-symlink': 'ln -sfn "$V" folder-r; grep -q secret folder-r/secret',
  'by-hard-link': 'ln -f "$V/secret" hard-r && grep -q secret hard-r',
  'by-dots': 'grep -q secret "./../../../../../../../../../..$V/secret"',
  'by-own-root': 'grep -q secret "/proc/self/root$V/secret"',
  'by-first-process': 'grep -q secret "/proc/$FIRST/root$V/secret"',
  'by-other-process': 'grep -q secret "/proc/$P/root$V/secret"',
  'by-other-folder': 'grep -q secret "/proc/$P/cwd/secret"',
  shadow: 'test -r /etc/shadow',
  'root-home': 'ls /root',
  kcore: 'test -s /proc/kcore -a -r /proc/kcore',
  keys: 'grep -qm1 . /proc/keys',
  timers: 'grep -qm1 . /proc/timer_list',
  kallsyms: 'grep -qm1 . /proc/kallsyms',
  disk: 'ls /dev/sd* /dev/vd* /dev/nvme* /dev/mem /dev/kmsg 2>/dev/null | grep -q .',
})

/** Changes of what nobody opened. */
export const FILE_WRITE: Probe[] = probesOf('file-write', {
  ...each(SECRET_FILES, (path) => `echo x >>${path}`),
  create: 'echo x >"$V/made" && rm "$V/made"',
  folder: 'mkdir "$V/made-folder" && rmdir "$V/made-folder"',
  remove: 'echo x >"$V/gone" && rm "$V/gone"',
  rename: 'mv "$V/moved" "$V/moved2" && mv "$V/moved2" "$V/moved"',
  truncate: ': >"$V/empty"',
  mode: 'chmod 600 "$V/empty"',
  times: 'touch "$V/empty"',
  'by-symlink': 'ln -sfn "$V/empty" link-w && test -e link-w && echo x >>link-w',
  'by-folder-symlink': 'ln -sfn "$V" folder-w; echo x >>folder-w/empty',
  'by-hard-link': 'ln -f "$V/empty" hard-w && echo x >>hard-w',
  'by-own-root': 'echo x >>"/proc/self/root$V/empty"',
  'by-other-process': 'echo x >>"/proc/$P/root$V/empty"',
  usr: 'test -w /usr',
  etc: 'test -w /etc',
  bin: 'test -w /usr/bin/env',
  kernel: 'test -w /proc/sys/kernel/core_pattern',
  sysrq: 'test -w /proc/sysrq-trigger',
})

/** Things that the host would run later. The kit protects the workspace's own; the rest nobody opened. */
export const PERSISTENCE: Probe[] = probesOf('persistence', {
  ...each(START_FILES, (path) => `echo x >>${path}`),
  'git-hook': 'echo x >.git/hooks/pre-commit',
  'git-hook-link': 'ln -sfn /bin/true .git/hooks/post-merge',
  'git-config': 'echo "[x]" >>.git/config',
  'git-config-rename': 'cp .git/config .git/c && mv -f .git/c .git/config',
  'git-commondir': 'echo . >.git/commondir',
  'git-moved': 'mv .git .git2 && mv .git2 .git',
  'git-hooks-moved': 'mv .git/hooks .git/h && mv .git/h .git/hooks',
  'git-hooks-removed': 'rm -rf .git/hooks/sub && ! test -e .git/hooks/sub && mkdir .git/hooks/sub',
  envrc: 'echo x >>.envrc',
  'envrc-renamed': 'cp .envrc e && mv -f e .envrc',
  'envrc-removed': 'mv .envrc e2 && mv e2 .envrc',
  vscode: 'echo x >.vscode/tasks.json',
  'claude-settings': 'echo x >>.claude/settings.json',
  'claude-moved': 'mv .claude c2 && mv c2 .claude',
  mcp: 'echo x >>.mcp.json',
})
