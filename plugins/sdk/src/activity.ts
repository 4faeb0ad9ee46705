/** What an agent is doing. `exited` and `unknown` come from agentvm itself, never from a rule of a live agent. */
export type ActivityState = 'starting' | 'blocker' | 'working' | 'waiting' | 'idle' | 'exited' | 'unknown'

/**
 * The part of an agent's terminal that a rule looks at. Never the whole screen: an agent's prose, the user's prompt
 * and a draft quote dialogs and spinners.
 *
 * - `title`: the terminal's title, without variation selectors.
 * - `input`: the lines within the input box.
 * - `status`: the lines right above the input box, blank ones left out.
 * - `reply`: what stands between the user's last prompt (see {@link ActivityRules.prompt}) and the input box.
 * - `footer`: the lines below the input box.
 * - `dialog`: the last lines of the screen, blank ones left out, where there is no input box.
 * - `bottom`: the last lines of the screen, blank ones left out, whether there is an input box or not.
 */
export type ScreenRegion = 'title' | 'input' | 'status' | 'reply' | 'footer' | 'dialog' | 'bottom'

/** How to find a CLI's input box: regular expressions for single lines, searched from the bottom of the screen. */
export interface InputBox {
  /** The line above the box. Left out: the box is the run of lines that match {@link line}. */
  above?: string
  /** The first line of the box. */
  first?: string
  /** Every line of the box. */
  line?: string
  /** The line below the box. */
  below: string
  /** The most lines, blank ones left out, that stand below the box; what has more below it is a quotation. 8 by default. */
  footerLines?: number
  /** True if the cursor is in the box whenever the box is real. */
  hasCursor?: boolean
}

/** One rule. All that it names must hold. */
export interface ActivityRule {
  /** Unique within the profile, such as `title-spinner`; `agentvm activity explain` names it. */
  id: string
  /** What the agent is doing if the rule holds. */
  state: Exclude<ActivityState, 'unknown'>
  /** Why, such as `permission`, `question`, `plan-approval`, `auth`, `limit`, `error`, `retrying`, `trust`, `login`. */
  reason?: string
  /** Where to look. */
  in: ScreenRegion
  /** What must match there (JavaScript source, flags `mu`). */
  match: string
  /** What must not match there. */
  unless?: string
  /** How many lines, those nearest to the input box or to the screen's edge. All by default; `dialog` and `bottom` 20. */
  lines?: number
  /** Whether the cursor must be shown, or hidden. */
  cursorVisible?: boolean
  /** Whether there must be an input box, or none. */
  hasInput?: boolean
  /** Whether the alternate screen must be on, or off. */
  alternateScreen?: boolean
}

/**
 * How to tell what an agent is doing from its terminal. Hints, since an agent writes its own screen: that its process
 * lives, and what its hooks report, come first.
 */
export interface ActivityRules {
  /** The input box, for CLIs that have one. */
  input?: InputBox
  /** A line of the conversation that holds a prompt of the user's. Begins the region `reply`. */
  prompt?: string
  /** The rules in order: the first that holds decides. None: unknown. */
  rules: ActivityRule[]
}
