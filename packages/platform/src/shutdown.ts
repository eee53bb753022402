// Stops what a command started, last first and only once, whatever the reason: a signal, an error, a dead child.
import { readFileSync } from 'node:fs'

const parentCheckMs = 300

export type Shutdown = {
  /** Adds a step of the shutdown, to run before those added earlier. */
  onExit(step: () => Promise<unknown>): void
  /** Never returns: the process exits with `status`, or 1 when a step fails. */
  exit(status: number): Promise<void>
  readonly isStopping: boolean
}

export function createShutdown(): Shutdown {
  const steps: (() => Promise<unknown>)[] = []
  let stopping: Promise<void> | undefined

  async function stopAll(status: number): Promise<void> {
    if (status === 0) console.log('\nstopping …')
    let exitStatus = status
    for (const step of steps) {
      await step().catch((error: unknown) => {
        console.error(`while stopping: ${(error as Error).message}`)
        exitStatus = 1
      })
    }
    process.exit(exitStatus)
  }

  const shutdown: Shutdown = {
    onExit: (step) => void steps.unshift(step),
    exit: (status) => (stopping ??= stopAll(status)),
    get isStopping() {
      return stopping !== undefined
    },
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void shutdown.exit(0))
  stopWithNpm(() => void shutdown.exit(0))
  return shutdown
}

/**
 * npm runs a script by a shell, and passes SIGTERM on to that shell only; of SIGHUP and SIGKILL it dies alone. Without
 * it or its shell the script would live on. Ctrl-C reaches all of them.
 */
function stopWithNpm(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const shell = process.ppid
  const npm = parentOf(shell)
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return
    clearInterval(timer)
    stop()
  }, parentCheckMs)
  timer.unref()
}

/** Undefined where the system does not say it in a file. */
function parentOf(pid: number): string | undefined {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
