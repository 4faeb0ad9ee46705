#!/usr/bin/env node
// The entry for working on agentvm: runs the sources as they are, without a build, by Node's type stripping.
import { main } from '../src/start/main.ts'

await main({ sources: true })
