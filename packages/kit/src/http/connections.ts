// The connections of an HTTP server: how many there may be, how long each may take, and how they end with the server.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { BlockList, isIPv6, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Server as TlsServer } from 'node:tls'
import { networkOf } from './addresses.ts'

export type ConnectionLimits = {
  /** Beyond it the oldest connection without a request in progress makes room, else the new one is refused. */
  max: number
  /** Of one IPv4 address, or one /64 of IPv6: beyond it one of the same address makes room, in the same way. */
  maxPerAddress: number
  /** Addresses or networks (CIDR) for which `maxPerAddress` does not count: proxies, behind which there are many. */
  proxies: string[]
}

/** From the first byte of a request to the last of its headers. A connection that says nothing is one of these. */
export const headersTimeoutMs = 10_000
/** Without a byte in either direction while a request is in progress. */
export const idleTimeoutMs = 60_000
/** Until the client has read an answer; streams are excepted. */
const answerTimeoutMs = 120_000
/** After our end of a connection is closed. A client that never closes its own would hold it for ever. */
const lingerMs = 2_000
const sweepIntervalMs = 500

type Connection = {
  address: string
  /** When our end was closed, and everything was sent. */
  endedMs?: number
  /** Of the answer in progress. */
  since?: number | undefined
  response?: ServerResponse
}

const connectionsOf = new WeakMap<Server, Map<Socket, Connection>>()
const endless = new WeakSet<ServerResponse>()
const draining = new WeakSet<Server>()

/** An answer that does not end by itself, such as a stream of events. */
export function markEndless(response: ServerResponse): void {
  endless.add(response)
}

/**
 * Each answer from now on ends its connection, and says so: when the port closes, no client is about to use one that it
 * has used lately, and none that always has something to ask keeps its own for ever.
 */
export function drainConnections(server: Server): void {
  draining.add(server)
}

/** Watches the server's connections from now on. @param nowMs a clock that never goes back */
export function guardConnections(
  server: Server,
  limits?: ConnectionLimits,
  nowMs = () => performance.now(),
): void {
  const connections = new Map<Socket, Connection>()
  connectionsOf.set(server, connections)
  /** Without a request in progress, in the order in which they became so. */
  const idle = new Set<Socket>()
  const perAddress = new Map<string, { count: number; idle: Set<Socket> }>()
  const isProxy = limits ? blockListOf(limits.proxies) : () => true

  function refuses(address: string, socket: Socket): boolean {
    if (!limits) return false
    const ofAddress = perAddress.get(address)
    const isFull = ofAddress !== undefined && ofAddress.count >= limits.maxPerAddress
    if (isFull && !isProxy(socket.remoteAddress ?? '')) return !dropOldest(ofAddress.idle)
    return connections.size >= limits.max && !dropOldest(idle)
  }

  /** Destroys the oldest of these; false when there is none. */
  function dropOldest(sockets: Set<Socket>): boolean {
    const [oldest] = sockets
    if (!oldest) return false
    remove(oldest)
    oldest.destroy()
    return true
  }

  function setIdle(socket: Socket, isIdle: boolean): void {
    const address = connections.get(socket)?.address
    const ofAddress = address === undefined ? undefined : perAddress.get(address)
    if (!ofAddress) return
    for (const sockets of [idle, ofAddress.idle]) {
      sockets.delete(socket)
      if (isIdle) sockets.add(socket)
    }
  }

  function remove(socket: Socket): void {
    setIdle(socket, false)
    const address = connections.get(socket)?.address
    const ofAddress = address === undefined ? undefined : perAddress.get(address)
    if (!connections.delete(socket) || !ofAddress) return
    ofAddress.count -= 1
    if (ofAddress.count === 0) perAddress.delete(address!)
  }

  // Over TLS a connection is one after the handshake.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? '')
    if (refuses(address, socket)) return void socket.destroy()
    connections.set(socket, { address })
    const ofAddress = perAddress.get(address) ?? { count: 0, idle: new Set<Socket>() }
    ofAddress.count += 1
    perAddress.set(address, ofAddress)
    setIdle(socket, true)
    socket.once('close', () => remove(socket))
  })
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (draining.has(server)) response.shouldKeepAlive = false
    setIdle(socket, false)
    const connection = connections.get(socket)
    if (!connection) return
    connection.since = nowMs()
    connection.response = response
    response.once('close', () => {
      if (connection.response !== response) return
      connection.since = undefined
      setIdle(socket, true)
    })
  })

  function sweep(): void {
    const now = nowMs()
    for (const [socket, connection] of connections) {
      if (socket.writableFinished) connection.endedMs ??= now
      const { endedMs = Infinity, since = Infinity, response } = connection
      const isLate = now - since > answerTimeoutMs && !endless.has(response!)
      if (isLate || now - endedMs > lingerMs) socket.destroy()
    }
  }
  const timer = setInterval(sweep, sweepIntervalMs)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}

function blockListOf(networks: string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/**
 * Runs `close`, which resolves when the server's last connection has ended. Connections without a request in progress
 * are closed at once; after `timeoutMs` all others are, whatever they still wait for. True when that was not needed.
 */
export async function closeWithin(
  server: Server,
  timeoutMs: number,
  close: () => Promise<unknown>,
): Promise<boolean> {
  drainConnections(server)
  const connections = connectionsOf.get(server) ?? new Map<Socket, Connection>()
  const endIdle = () => {
    server.closeIdleConnections()
    // Browsers open some in advance, which count as active until their first request.
    for (const socket of connections.keys()) if (socket.bytesRead === 0) socket.destroy()
  }
  const idle = setInterval(endIdle, 50)
  const late = new AbortController()
  try {
    const closing = close().then(() => true)
    const timeout = delay(timeoutMs, false, { signal: late.signal }).catch(() => false)
    if (await Promise.race([closing, timeout])) return true
    for (const socket of connections.keys()) socket.destroy()
    // A handler that never ends is left alone: its connection is gone.
    closing.catch(() => undefined)
    await Promise.race([closing, delay(500)])
    return false
  } finally {
    clearInterval(idle)
    late.abort()
  }
}
