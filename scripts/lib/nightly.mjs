/** How much the long form of the tests attacks: every fault, and thousands of commands, cycles and inputs. */
export const NIGHTLY = {
  FAULTS: 'all',
  MODEL_COMMANDS: '10000',
  MODEL_PROCESSES: '50',
  CYCLES: '10000',
  FUZZ_SECONDS: '600',
}
