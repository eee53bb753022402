// Runs the sandbox as a process of its own; it starts in mode `sandbox` only.
import { run } from '@bahi/kit/run.ts'
import { service } from './app.ts'

await run([service])
