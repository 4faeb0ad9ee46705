import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { exec } from '../system/exec.ts'
import { upgradeCheckout } from './git-upgrade.ts'
import { findInstallation } from './installation.ts'
import { upgradeGlobal } from './npm-upgrade.ts'
import type { UpgradeOptions, UpgradeResult } from './steps.ts'

/** Upgrades the agentvm in a folder in the way that it was installed. Throws a {@link UserError} that says how where it can't. */
export async function upgrade(root: string, options: UpgradeOptions): Promise<UpgradeResult> {
  const installation = findInstallation(root)
  if (installation.method === 'other') {
    throw new UserError(`this agentvm in ${root} was installed in a way that it can't upgrade itself`, {
      fix: installation.how,
    })
  }
  if (installation.method === 'git' && options.source) {
    throw new UserError('--from is for an agentvm that npm installed; this one is a git checkout', {
      fix: `git -C ${root} switch`,
      exitCode: 2,
    })
  }
  const result = await (installation.method === 'git' ? upgradeCheckout : upgradeGlobal)(root, options)
  if (result.upgraded) await refreshCompletion(root)
  return result
}

/** Lets the new agentvm make its completion scripts anew, where they are kept. They aren't worth failing for. */
async function refreshCompletion(root: string): Promise<void> {
  const { PATH = '', HOME = '/' } = process.env
  try {
    await exec([join(root, 'bin/agentvm'), 'completion', 'bash'], { env: { PATH, HOME }, timeout: 30_000 })
  } catch {
    // `agentvm autocomplete` makes them, too.
  }
}
