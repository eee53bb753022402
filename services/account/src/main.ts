// Runs account as a process.
import { run } from '@bahi/kit/runtime/process.ts'
import { service } from './app.ts'

await run([service])
