// Runs the sandbox as a process of its own; it starts in mode `sandbox` only.
import { run } from '@bahi/kit/runtime/process.ts'
import { service } from './app.ts'

await run([service])
