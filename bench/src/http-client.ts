// HTTP as lean as it gets: kept-alive sockets, requests written whole, answers read by their length. What the load
// costs the machine is taken from the system that is measured.
import { connect, type Socket } from 'node:net'

export type Answer = { status: number; body: Buffer; retryAfterS: number | undefined }

export type Request = { method: string; path: string; token?: string; body?: string }

export type Client = {
  /** Resolves with any answer; rejects when the connection breaks first. Waits for a free connection in order. */
  send(request: Request): Promise<Answer>
  /** Requests that wait for a connection. */
  waiting(): number
  close(): void
}

type Job = { text: string; resolve(answer: Answer): void; reject(error: Error): void }

const headEnd = Buffer.from('\r\n\r\n')

/** @param connections opened as they are needed, and then kept */
export function openClient(url: string, connections: number): Client {
  const { hostname, port } = new URL(url)
  const idle: Connection[] = []
  const queue: Job[] = []
  let at = 0
  let closed = false
  const open = new Set<Connection>()

  type Connection = { socket: Socket; job: Job | undefined }

  function dial(job: Job): void {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const connection: Connection = { socket, job }
    open.add(connection)
    let read: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      read = read.length === 0 ? chunk : Buffer.concat([read, chunk])
      const answer = answerIn(read)
      if (!answer) return
      read = Buffer.alloc(0)
      const done = connection.job
      connection.job = undefined
      done?.resolve(answer)
      next(connection)
    })
    const lost = (error?: Error) => {
      if (!open.delete(connection)) return
      const was = idle.indexOf(connection)
      if (was >= 0) idle.splice(was, 1)
      connection.job?.reject(error ?? new Error('the connection was closed'))
      connection.job = undefined
      const waiting = closed ? undefined : take()
      if (waiting) dial(waiting)
    }
    socket.on('error', lost)
    socket.on('close', () => lost())
    socket.write(job.text)
  }

  /** The oldest job that waits; the list is cut now and then instead of each time. */
  function take(): Job | undefined {
    if (at >= queue.length) return undefined
    const job = queue[at++]
    if (at > 1_000 && at * 2 > queue.length) {
      queue.splice(0, at)
      at = 0
    }
    return job
  }

  function next(connection: Connection): void {
    const job = take()
    if (!job) {
      idle.push(connection)
      return
    }
    connection.job = job
    connection.socket.write(job.text)
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const job = { text: textOf(request, hostname), resolve, reject }
        const free = idle.pop()
        if (free) {
          free.job = job
          free.socket.write(job.text)
        } else if (open.size < connections) dial(job)
        else queue.push(job)
      }),
    waiting: () => queue.length - at,
    close() {
      closed = true
      for (let job = take(); job; job = take()) job.reject(new Error('never sent'))
      for (const { socket } of open) socket.destroy()
    },
  }
}

function textOf({ method, path, token, body }: Request, host: string): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`
  const who = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
  if (body === undefined) return `${head}${who}\r\n`
  const length = Buffer.byteLength(body)
  return `${head}${who}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`
}

/** Undefined until all of it is there. */
function answerIn(read: Buffer): Answer | undefined {
  const end = read.indexOf(headEnd)
  if (end < 0) return undefined
  const head = read.toString('latin1', 0, end)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  const status = Number(head.slice(9, 12))
  if (length === undefined && status !== 204) throw new Error(`an answer without a length: ${head}`)
  const from = end + headEnd.length
  const whole = from + Number(length ?? 0)
  if (read.length < whole) return undefined
  const retry = /\r\nretry-after: (\d+)/i.exec(head)?.[1]
  return {
    status,
    body: read.subarray(from, whole),
    retryAfterS: retry === undefined ? undefined : Number(retry),
  }
}
