import { defineHook } from '@agentvm/sdk'
import provider from './index.ts'

export default defineHook('agentvm:identities', () => [provider])
