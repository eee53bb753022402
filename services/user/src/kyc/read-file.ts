// Has strangers' files read in a process of its own, which is ended when it takes too long, or too much memory.
import { fork, type ChildProcess } from 'node:child_process'
import { readFile as readText } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { KycFileFault } from '@bahi/contracts/kyc.ts'
import type { ReadAnswer, ReadTask } from './reader-process.ts'

/** How its process ended over a file: by itself, or because of the time or the memory that it took. */
export type ReaderEnd = 'exited' | 'time' | 'memory'

/** A picture of each page, as JPEG; or why the file cannot be used. */
export type ReadFile = (
  bytes: Uint8Array,
  limits: { maxPixels: number; maxPages: number },
) => Promise<{ pages: Buffer[] } | { fault: KycFileFault; died?: ReaderEnd }>

const script = fileURLToPath(new URL('./reader-process.ts', import.meta.url))
/** Its code and that of its libraries; not the folder of all, where data and settings may be too. */
const readable = ['services/user/', 'node_modules/'].map((folder) =>
  fileURLToPath(new URL(`../../../../${folder}`, import.meta.url)),
)
/** Of the processor, so that a busy machine refuses nobody's file; and by the clock, for what waits for ever. */
const cpuTimeMs = 30_000
const timeoutMs = 180_000
/** 64 KiB each: what a renderer in WebAssembly may use. */
const wasmPages = 4_096
const heapMb = 256
/** Of the whole process; a picture of 40 megapixels of 16 bits needs 560. */
const memoryMb = 768
const lookEveryMs = 50

type Limits = { limitMs?: number; limitCpuMs?: number; limitMb?: number }
type Options = Limits & { entry?: string; onEnd?(cause: ReaderEnd): void }

export function createFileReader(options: Options = {}): ReadFile & { close(): Promise<void> } {
  const { limitMs = timeoutMs, limitCpuMs = cpuTimeMs, limitMb = memoryMb } = options
  const { entry = script, onEnd } = options
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
    let watch: NodeJS.Timeout | undefined
    // Not waited for: a process that could not be started says so at once, and somebody has to listen.
    const before = usedBy(own)
    try {
      const answer = await new Promise<ReadAnswer & { died?: ReaderEnd }>((resolve, reject) => {
        const die = (died: ReaderEnd) => resolve({ id, fault: 'unreadable', died })
        timer = setTimeout(() => die('time'), limitMs)
        watch = setInterval(() => {
          void Promise.all([before, usedBy(own)]).then(([{ cpuMs: cpuMsBefore }, { cpuMs, mb }]) => {
            if (mb > limitMb) die('memory')
            if (cpuMs - cpuMsBefore > limitCpuMs) die('time')
          })
        }, lookEveryMs)
        own.on('message', (answer: ReadAnswer) => answer.id === id && resolve(answer))
        own.once('exit', () => die('exited'))
        own.once('error', reject)
        own.send({ ...task, id }, (error) => error && reject(error))
      })
      if (answer.died) onEnd?.(answer.died)
      // What it has not given back is not counted against the next file.
      if (answer.died || (await usedBy(own)).mb > limitMb / 2) stop(own)
      return answer
    } catch (error) {
      stop(own)
      throw error
    } finally {
      clearTimeout(timer)
      clearInterval(watch)
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

/** Clock ticks of a second in what Linux says of a process. */
const ticksPerS = 100

/** What the process has in memory, and has used of the processor; nothing where the system does not say so as Linux. */
async function usedBy({ pid }: ChildProcess): Promise<{ mb: number; cpuMs: number }> {
  const read = (name: string) => readText(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const [status, stat] = await Promise.all([read('status'), read('stat')])
  // What follows the name in brackets begins with the third field; the 14th and 15th are ticks.
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return {
    mb: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024,
    cpuMs: ((user + system) * 1_000) / ticksPerS,
  }
}
