// Runs account as a process.
import { run } from '@bahi/kit/run.ts'
import { service } from './app.ts'

await run([service])
