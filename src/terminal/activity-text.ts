import { sanitizeLine } from './sanitize.ts'

/** An activity, a fact a line. Its evidence is the agent's own text. */
export function activityLines(activity: {
  state: string
  reason: string | null
  source: string
  evidence: string
  since?: string | null
}): string[] {
  return [
    `state     ${activity.state}${activity.reason ? ` (${activity.reason})` : ''}`,
    `source    ${activity.source}`,
    `evidence  ${sanitizeLine(activity.evidence)}`,
    ...(activity.since ? [`since     ${activity.since}`] : []),
  ]
}
