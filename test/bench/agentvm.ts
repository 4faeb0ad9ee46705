import { RUN_JS, type TestHome } from '../support/agentvm.ts'

/** argv of an agentvm command. */
export const agentvm = (...args: string[]) => [process.execPath, RUN_JS, ...args]

/** The variables of a case that is about a home. */
export const inHome = (home: TestHome) => ({ env: { AGENTVM_HOME: home.path } })
