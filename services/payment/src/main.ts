// Runs payment as a process of its own.
import { run } from '@bahi/kit/runtime/process.ts'
import { service } from './app.ts'

await run([service])
