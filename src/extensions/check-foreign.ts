import { type Checked, check } from '@agentvm/sdk/schemas'
import { visibleLine } from '../terminal/visible.ts'
import { thrownText } from './contain.ts'

/** How many of the things that are wrong are said. */
const MOST = 5

/** {@link check} of what a plugin returned: a value that throws when it is looked at is wrong, too. Problems are fit for a terminal. */
export function checkForeign<Schema extends Parameters<typeof check>[0]>(
  schema: Schema,
  value: unknown,
): ReturnType<typeof check<Schema>> {
  const checked = checkAnyhow(schema, value)
  if (checked.ok) return checked
  const more = checked.problems.length - MOST
  const said = checked.problems.slice(0, MOST).map(visibleLine)
  return { ok: false, problems: more > 0 ? [...said, `and ${more} more`] : said }
}

function checkAnyhow<Schema extends Parameters<typeof check>[0]>(
  schema: Schema,
  value: unknown,
): ReturnType<typeof check<Schema>> {
  try {
    return check(schema, value)
  } catch (error) {
    const wrong: Checked<never> = { ok: false, problems: [`can't be read: ${thrownText(error)}`] }
    return wrong
  }
}
