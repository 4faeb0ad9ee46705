import { defineHook } from '@agentvm/sdk'
import profile from './index.ts'

export default defineHook('agentvm:profiles', () => [profile])
