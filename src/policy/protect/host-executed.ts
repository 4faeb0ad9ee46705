/** A name in the root of a workspace that host programs run commands from. */
export interface HostExecuted {
  /** Relative to the root. */
  path: string
  /** What to put there where the agent must not make it: a file of this content, or an empty folder. */
  placeholder: { kind: 'file'; content: string } | { kind: 'folder' }
}

const file = (path: string): HostExecuted => ({
  path,
  placeholder: { kind: 'file', content: path.endsWith('.json') ? '{}\n' : '' },
})
const folder = (path: string): HostExecuted => ({ path, placeholder: { kind: 'folder' } })

/**
 * Configuration that shells, editors, git hooks and agents of the host read from a folder that they are started in, and
 * that says what to run. `.git` itself: see `git-paths.ts`.
 */
export const HOST_EXECUTED: HostExecuted[] = [
  ...['.envrc', '.mise.toml', 'mise.toml', '.exrc', '.nvimrc', '.nvim.lua'].map(file),
  ...['.vscode', '.idea', '.zed', '.fleet', '.devcontainer', '.husky', '.lefthook'].map(folder),
  ...['.devcontainer.json', '.pre-commit-config.yaml', 'lefthook.yml', '.lefthook.yml'].map(file),
  ...['.mcp.json', '.claude/settings.json', '.claude/settings.local.json', '.cursor/mcp.json'].map(file),
  ...['.cursor/hooks.json', '.gemini/settings.json', '.codex/config.toml', 'opencode.json'].map(file),
  ...['.aider.conf.yml'].map(file),
  ...['.claude/hooks', '.opencode'].map(folder),
]
