#!/usr/bin/env node
// The built CLI before it is bundled: for measuring coverage, and for holding the two against each other.
import { main } from '../dist/start/main.js'

await main()
