// The client derived from a contract: builds the request, reads the response, rebuilds the problem.
import type { Static, TSchema } from 'typebox'
import type { Contract } from './contract.ts'
import { fromDocument, Problem } from './problem.ts'

type Part<C extends Contract, K extends 'params' | 'querystring' | 'body'> = C['schema'][K] extends TSchema
  ? { [P in K]: Static<C['schema'][K]> }
  : unknown

/** A file as it is sent. */
export type SentFile = { type: string; bytes: Uint8Array<ArrayBuffer> }

type FilePart<C extends Contract> = C extends { upload: object } ? { file: SentFile } : unknown

/** What a call needs: the parts that its contract has. */
export type Input<C extends Contract> = Part<C, 'params'> &
  Part<C, 'querystring'> &
  Part<C, 'body'> &
  FilePart<C>

type Success<R extends Record<number, TSchema>> = {
  [S in keyof R]: S extends 200 | 201 | 202 ? Static<R[S]> : never
}
/** The body of a success response; undefined for 204. */
export type Output<C extends Contract> = Success<C['schema']['response']>[keyof C['schema']['response']]

export type WireRequest = {
  method: Contract['method']
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}
export type WireResponse = { status: number; headers: Record<string, string | undefined>; body: string }
export type CallTransport = (contract: Contract, request: WireRequest) => Promise<WireResponse>

export type CallOptions = { headers?: Record<string, string> }
export type Call = <C extends Contract>(
  contract: C,
  input: Input<C>,
  options?: CallOptions,
) => Promise<Output<C>>

/** Fills `:name` in the url and appends the query; undefined query values are left out, arrays repeat the name. */
export function pathOf(
  url: string,
  params: Record<string, unknown> = {},
  query: Record<string, unknown> = {},
): string {
  const values = new Map(Object.entries(params))
  const path = url.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(String(values.get(name))))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value])
      if (item !== undefined) search.append(name, String(item))
  }
  return search.size > 0 ? `${path}?${search.toString()}` : path
}

/** `call(contract, { params, querystring, body })` over a transport. Throws `Problem` for every error response. */
export function createCall(transport: CallTransport): Call {
  return async (contract, input, options = {}) => {
    const { params, querystring, body, file } = input as {
      params?: Record<string, unknown>
      querystring?: Record<string, unknown>
      body?: unknown
      file?: SentFile
    }
    const type = file?.type ?? (body === undefined ? undefined : 'application/json')
    const response = await transport(contract, {
      method: contract.method,
      path: pathOf(contract.url, params, querystring),
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...options.headers },
      ...(type === undefined ? {} : { body: file?.bytes ?? JSON.stringify(body) }),
    })
    const output = parse(response)
    if (response.status >= 400) throw fromDocument(output, response.status)
    return output as Output<typeof contract>
  }
}

function parse(response: WireResponse): unknown {
  if (response.body === '') return undefined
  try {
    return JSON.parse(response.body) as unknown
  } catch {
    if (response.status >= 400) return undefined
    throw new Problem('internal', 'the response is not JSON')
  }
}
