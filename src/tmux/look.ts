import type { TmuxTarget } from './default-server.ts'
import { tmux } from './tmux.ts'

/** What a pane shows. The title and the lines are the agent's: they may say anything. */
export interface PaneLook {
  title: string
  lines: string[]
  cursor: { x: number; y: number }
  cursorVisible: boolean
  alternateScreen: boolean
}

/** The title comes last: it may hold what separates the others. */
const FORMAT = '#{cursor_x},#{cursor_y},#{cursor_flag},#{alternate_on},#{pane_title}'

/** Looks at an agent's pane, in one call. Formats are safe here: tmux prints them and executes nothing. */
export async function lookAtPane(target: TmuxTarget): Promise<PaneLook> {
  const pane = `=${target.session}:`
  const { stdout } = await tmux(
    target,
    ['display-message', '-p', '-t', pane, FORMAT, ';', 'capture-pane', '-p', '-t', pane],
    { timeout: 5_000 },
  )
  return parseLook(stdout)
}

/** Reads what tmux prints for such a look: the pane's facts in the first line, then its screen. */
export function parseLook(output: string): PaneLook {
  const [head = '', ...lines] = output.split('\n')
  const [x, y, cursor, alternate, ...title] = head.split(',')
  return {
    title: title.join(','),
    lines,
    cursor: { x: Number(x), y: Number(y) },
    cursorVisible: cursor === '1',
    alternateScreen: alternate === '1',
  }
}
