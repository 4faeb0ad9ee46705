/** Attacks that take root's rights: an ordinary user can't do these without a sandbox either. */
const ROOT = [
  ...['file-read/shadow', 'file-read/root-home', 'file-read/timers', 'file-write/usr', 'file-write/etc'],
  ...['file-write/bin', 'file-write/kernel', 'process/capabilities', 'process/call-pivot_root'],
  ...['process/call-move_mount', 'process/call-fsopen', 'process/call-fanotify_init', 'process/call-swapoff'],
  ...['process/call-reboot', 'process/call-acct', 'process/call-syslog', 'process/call-sethostname'],
  ...['process/call-setdomainname', 'network/raw-socket', 'network/packet-socket', 'resource/run'],
]

/** Kinds of attacks that are all by decoys: they work for everybody, on every kernel. */
const BY_DECOYS = /^(env|ipc|persistence|fail-closed)\/|^(tty\/terminals|process\/(see|signal|list))$/

/** Whether an attack may fail without a sandbox: for lack of rights, or because this kernel has been built without what it attacks. */
export function mayBeUnproven(id: string, isRoot: boolean): boolean {
  if (BY_DECOYS.test(id)) return false
  return !isRoot || !ROOT.includes(id)
}
