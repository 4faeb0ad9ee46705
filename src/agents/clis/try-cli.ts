import { join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { resolveProgram } from '../../policy/program.ts'
import { systemRoots } from '../../policy/system-paths.ts'
import type { Context } from '../context.ts'
import { sandboxedOutput } from '../run/sandboxed-output.ts'
import { chooseSandbox } from '../spawn/choose-sandbox.ts'

/** Lets an installed program say its version in the sandbox that agents get. Throws a {@link UserError} if it can't. */
export async function tryCli(
  context: Context,
  profile: Profile,
  folder: string,
  ranScripts: boolean,
): Promise<void> {
  const [command] = profile.command
  const program = resolveProgram(join(folder, 'bin', command), {
    searchPath: context.caller.PATH ?? '',
    home: context.caller.HOME ?? '/',
    systemRoots: systemRoots(process.platform),
  })
  if ('missing' in program) throw new UserError(`${command} can't be executed after it was installed`)
  const backend = await chooseSandbox(context, undefined)
  const { exitCode, stdout, stderr } = await sandboxedOutput(
    context,
    backend,
    undefined,
    [program.path, ...profile.versions.args],
    { program },
  )
  if (exitCode === 0) return
  const said = (stderr || stdout).trim().split('\n')[0] ?? ''
  throw new UserError(`${command} doesn't work after it was installed (exit code ${exitCode}): ${said}`, {
    ...(ranScripts ? {} : { fix: `agentvm profiles install ${profile.name} --allow-scripts` }),
  })
}
