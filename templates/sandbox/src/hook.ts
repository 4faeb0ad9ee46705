import { defineHook } from '@agentvm/sdk'
import backend from './index.ts'

export default defineHook('agentvm:sandboxes', () => [backend])
