// Ends what a start began, last first, once, whatever asks for it: a signal, a fault, a child that died.

export type Shutdown = {
  /** To be called at the end, before everything that was added earlier. */
  onExit(one: () => Promise<unknown>): void
  /** Never returns: the process exits with `status`, or 1 when an end fails. */
  exit(status: number): Promise<void>
  readonly isStopping: boolean
}

export function createShutdown(): Shutdown {
  const all: (() => Promise<unknown>)[] = []
  let ending: Promise<void> | undefined

  async function endAll(status: number): Promise<void> {
    if (status === 0) console.log('\nstopping …')
    let fault = status
    for (const one of all) {
      await one().catch((error: unknown) => {
        console.error(`while stopping: ${(error as Error).message}`)
        fault = 1
      })
    }
    process.exit(fault)
  }

  const ends: Shutdown = {
    onExit: (one) => void all.unshift(one),
    exit: (status) => (ending ??= endAll(status)),
    get isStopping() {
      return ending !== undefined
    },
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void ends.exit(0))
  return ends
}
