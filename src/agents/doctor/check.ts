/** What one check of `doctor` found. */
export interface CheckResult {
  /** What was looked at, such as `tmux`. */
  name: string
  /** `problem`: something doesn't work. `warning`: it works, with less than it could. */
  status: 'ok' | 'warning' | 'problem'
  message: string
  /** The command that mends it, for people. */
  fix?: string
  /** Mends it. Undefined if that is for the user to do. */
  repair?: () => Promise<void>
  /** Whether the repair installs packages of the system: that isn't done without asking. */
  installs?: boolean
}
