/** Services that programs look up to work at all: names of users and groups, notifications, logging. */
export const BASE_SERVICES = [
  'com.apple.logd',
  'com.apple.system.logger',
  'com.apple.system.notification_center',
  'com.apple.system.opendirectoryd.libinfo',
  'com.apple.system.opendirectoryd.membership',
]

/**
 * Services that resolve names, read network settings and judge certificates. They speak to the network for whoever
 * asks (trustd fetches addresses that a certificate names), so they are closed with it.
 */
export const NETWORK_SERVICES = [
  'com.apple.SystemConfiguration.DNSConfiguration',
  'com.apple.SystemConfiguration.configd',
  'com.apple.dnssd.service',
  'com.apple.mDNSResponder',
  'com.apple.networkd',
  'com.apple.trustd',
  'com.apple.trustd.agent',
]

/** What programs ask the kernel about the machine. Not `kern.proc*`: it tells arguments and environments of the user's other processes. */
export const SYSCTLS = [
  ...['hw.activecpu', 'hw.busfrequency_compat', 'hw.byteorder', 'hw.cacheconfig', 'hw.cachelinesize'],
  ...[
    'hw.cachelinesize_compat',
    'hw.cpufamily',
    'hw.cpufrequency',
    'hw.cpufrequency_compat',
    'hw.cpusubtype',
  ],
  ...['hw.cputype', 'hw.l1dcachesize_compat', 'hw.l1icachesize_compat', 'hw.l2cachesize_compat'],
  ...['hw.l3cachesize_compat', 'hw.logicalcpu', 'hw.logicalcpu_max', 'hw.machine', 'hw.memsize', 'hw.model'],
  ...['hw.ncpu', 'hw.nperflevels', 'hw.packages', 'hw.pagesize', 'hw.pagesize_compat', 'hw.physicalcpu'],
  ...['hw.physicalcpu_max', 'hw.tbfrequency', 'hw.tbfrequency_compat', 'hw.vectorunit'],
  ...[
    'kern.argmax',
    'kern.boottime',
    'kern.hostname',
    'kern.maxfiles',
    'kern.maxfilesperproc',
    'kern.maxproc',
  ],
  ...['kern.ngroups', 'kern.osproductversion', 'kern.osrelease', 'kern.ostype', 'kern.osvariant_status'],
  ...['kern.osversion', 'kern.secure_kernel', 'kern.usrstack64', 'kern.version', 'machdep.cpu.brand_string'],
  ...['machdep.ptrauth_enabled', 'security.mac.lockdown_mode_state', 'sysctl.proc_cputype', 'vm.loadavg'],
]

/** Families of such questions. */
export const SYSCTL_PREFIXES = ['hw.optional.', 'hw.perflevel', 'net.routetable.']
