export { hostSystem } from './host-system.ts'
export { launcherScript } from './launch.ts'
export type { Decoys, Probe, ProbeClass, ProbeOutcome, ProbeReport } from './probe.ts'
export { allProbes, type ProbeOptions, probeSandbox, sandboxConformance } from './sandbox-conformance.ts'
