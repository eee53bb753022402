// Stops what a command started, last first and only once, whatever the reason: a signal, an error, a dead child.

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
  return shutdown
}
