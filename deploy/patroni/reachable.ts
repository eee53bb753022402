// Whether a node of Patroni answers: its REST API, and the first message of a connection to its PostgreSQL.
import { connect } from 'node:net'

/** `SSLRequest`: a server answers it with one byte before anything else is said, with TLS or without. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** No connection, or none that says anything in time. Whatever else there is, is an answer. */
const silences = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_SOCKET']

export async function answersRest(apiUrl: string, timeoutMs: number): Promise<boolean> {
  try {
    const answer = await fetch(apiUrl, { signal: AbortSignal.timeout(timeoutMs) })
    await answer.body?.cancel()
    return true
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return name !== 'TimeoutError' && !silences.includes(cause?.code ?? '')
  }
}

/** Without a password: a server that is stopped, or takes no connections any more, does not get that far. */
export function answersSql(connUrl: string, timeoutMs: number): Promise<boolean> {
  const { hostname, port } = new URL(connUrl)
  return new Promise((resolve) => {
    const socket = connect(Number(port || 5432), hostname.replace(/^\[|\]$/g, ''))
    const end = (answers: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answers)
    }
    const timer = setTimeout(end, timeoutMs, false)
    socket.once('connect', () => socket.write(sslRequest))
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}
