import { connect, isIPv6, type Socket } from 'node:net'
import type { EgressProxy } from './proxy.ts'

/** What the guard judges a host by; whatever is no host makes a URL that it refuses. */
export function urlOfHost(host: string, port: number): string {
  const name = isIPv6(host) ? `[${host}]` : host
  return /^[A-Za-z0-9._-]+$|^\[[0-9A-Fa-f:.]+\]$/.test(name) ? `http://${name}:${port}/` : `invalid:${name}`
}

function dial(address: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true })
    const timer = setTimeout(() => socket.destroy(new Error(`No connection in ${timeoutMs} ms.`)), timeoutMs)
    const fail = (error: Error) => {
      clearTimeout(timer)
      reject(error)
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

/** A socket to the first of the checked addresses that takes one. */
export async function dialFirst(
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
  proxy: EgressProxy | null,
): Promise<Socket> {
  let failure: unknown
  for (const address of addresses) {
    try {
      return await (proxy === null ? dial(address, port, timeoutMs) : proxy.open(address, port, timeoutMs))
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
