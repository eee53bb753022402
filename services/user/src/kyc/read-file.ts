// Has strangers' files read in a process of its own, which is ended when it takes too long or dies of one.
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { KycFileFault } from '@bahi/contracts/kyc.ts'
import type { ReadAnswer, ReadTask } from './reader-process.ts'

/** A picture of each page, as JPEG; or why the file cannot be used. `died`: the process died or hung over it. */
export type ReadFile = (
  bytes: Uint8Array,
  limits: { maxPixels: number; maxPages: number },
) => Promise<{ pages: Buffer[] } | { fault: KycFileFault; died?: true }>

const script = fileURLToPath(new URL('./reader-process.ts', import.meta.url))
/** Its code and that of its libraries; not the folder of all, where data and settings may be too. */
const readable = ['services/user/', 'node_modules/'].map((folder) =>
  fileURLToPath(new URL(`../../../../${folder}`, import.meta.url)),
)
const timeoutMs = 60_000
/** 64 KiB each: what a renderer in WebAssembly may use. */
const wasmPages = 8_192
const heapMb = 256

export function createFileReader({ limitMs = timeoutMs, entry = script } = {}): ReadFile & {
  close(): Promise<void>
} {
  let child: ChildProcess | undefined
  let nextId = 0
  let last: Promise<unknown> = Promise.resolve()

  function start(): ChildProcess {
    const started = fork(entry, {
      serialization: 'advanced',
      // No secret of the service.
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [
        '--permission',
        '--allow-addons',
        ...readable.map((folder) => `--allow-fs-read=${folder}*`),
        `--wasm-max-mem-pages=${wasmPages}`,
        `--max-old-space-size=${heapMb}`,
      ],
    })
    started.unref()
    started.channel?.unref()
    return started
  }

  function stop(own: ChildProcess): void {
    child = undefined
    own.kill('SIGKILL')
  }

  /** One file at a time, by one process that is kept. */
  async function read(task: Omit<ReadTask, 'id'>): ReturnType<ReadFile> {
    const own = (child ??= start())
    const id = nextId++
    let timer: NodeJS.Timeout | undefined
    try {
      const answer = await new Promise<ReadAnswer & { died?: true }>((resolve, reject) => {
        const die = () => resolve({ id, fault: 'unreadable', died: true })
        timer = setTimeout(die, limitMs)
        own.on('message', (answer: ReadAnswer) => answer.id === id && resolve(answer))
        own.once('exit', die)
        own.once('error', reject)
        own.send({ ...task, id }, (error) => error && reject(error))
      })
      if (answer.died) stop(own)
      return answer
    } catch (error) {
      stop(own)
      throw error
    } finally {
      clearTimeout(timer)
      own.removeAllListeners()
    }
  }

  const reader: ReadFile = (bytes, limits) => {
    const turn = last.then(() => read({ bytes, ...limits }))
    last = turn.catch(() => undefined)
    return turn
  }
  return Object.assign(reader, {
    async close() {
      await last
      child?.kill('SIGKILL')
    },
  })
}
