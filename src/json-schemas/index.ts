import * as v from 'valibot'
import * as agents from './agents.ts'
import * as configuration from './configuration.ts'
import { network } from './network.ts'
import * as outcomes from './outcomes.ts'
import * as plugins from './plugins.ts'
import * as policy from './policy.ts'
import { snapshot } from './watch.ts'
import * as work from './work.ts'

/** What each command prints with `--json`, by the command's id with hyphens for colons. `error`: what any prints when it fails. */
export const OUTPUT_SCHEMAS: Record<string, v.GenericSchema> = {
  'activity-explain': agents.explained,
  broadcast: outcomes.broadcast,
  clean: agents.cleaned,
  clone: agents.agentRow,
  'config-get': configuration.settingRow,
  'config-list': v.array(configuration.settingRow),
  'config-path': configuration.path,
  'config-set': configuration.settingRow,
  'config-unset': configuration.removed,
  diff: work.diff,
  doctor: v.array(configuration.checkResult),
  'env-get': configuration.variable,
  'env-list': v.array(configuration.maskedVariable),
  'env-path': configuration.path,
  'env-set': configuration.maskedVariable,
  'env-unset': configuration.removed,
  error: configuration.error,
  exec: outcomes.typed,
  'exit-codes': configuration.exitCodes,
  history: v.array(work.eventRow),
  'identity-list': v.array(plugins.identityRow),
  'identity-register': plugins.identityRow,
  'identity-show': plugins.identityRow,
  info: agents.agentInfo,
  keys: v.array(configuration.keyStatus),
  kill: outcomes.killed,
  killall: outcomes.killed,
  list: v.array(agents.agentRow),
  logs: agents.logs,
  net: network,
  open: agents.opened,
  plugins: v.array(plugins.pluginRow),
  'plugins-inspect': plugins.pluginDetails,
  policy: policy.policyReport,
  'policy-explain': policy.explanation,
  profiles: v.array(plugins.profileRow),
  'profiles-show': plugins.profileDetails,
  ps: v.array(agents.psRow),
  purge: v.array(agents.trashed),
  rename: agents.agentRow,
  restart: outcomes.restarted,
  root: configuration.path,
  sandboxes: v.array(plugins.sandboxRow),
  send: agents.sent,
  spawn: agents.spawned,
  stats: agents.stats,
  swarm: outcomes.swarm,
  'trash-empty': v.array(agents.trashEntry),
  'trash-list': v.array(agents.trashEntry),
  'trash-restore': agents.agentRow,
  up: outcomes.broughtUp,
  upgrade: configuration.upgraded,
  version: configuration.version,
  watch: snapshot,
  wait: v.array(agents.agentRow),
}
