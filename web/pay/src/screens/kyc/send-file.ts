// Sends a file with its progress; loaded with the screen that does.
import { fromDocument, Problem } from '@bahi/contracts/problem.ts'
import { fileTimeoutMs, withProof } from '@bahi/web-ui/api/client.ts'
import { asPerson } from '../../api/client.ts'

/**
 * The file as it is, for the person who is signed in. Throws `Problem` for every refusal.
 * @param onProgress from 0 to 1
 */
export async function sendFile(
  path: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const request = { method: 'PUT', path } as const
  const { status, body } = await asPerson(request, async (headers) =>
    sendBytes(path, file, await withProof(request, headers), onProgress, signal),
  )
  if (status < 300) return body
  throw fromDocument(body, status)
}

/** By the older interface: the younger one does not say how much has been sent. */
function sendBytes(
  path: string,
  file: Blob,
  headers: Record<string, string>,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (code: 'unavailable' | 'timeout') => () => reject(new Problem(code, 'offline'))
    request.open('PUT', path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.setRequestHeader('content-type', file.type)
    request.timeout = fileTimeoutMs
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
    request.onload = () => resolve({ status: request.status, body: request.response as unknown })
    request.onerror = fail('unavailable')
    request.onabort = fail('unavailable')
    request.ontimeout = fail('timeout')
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
