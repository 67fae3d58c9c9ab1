import { setTimeout as delay } from 'node:timers/promises'
import type { Fetch } from './types.ts'

/** How long a call waits until the server has opened the stream; some send nothing before they have something to say. */
const openMs = 1_000

/** One stream at a time, and the server may not know yet that the last one has ended. */
const maxTries = 5
const againMs = 100

/** The stream in which a server of an earlier revision asks what belongs to no request: most ask so in the middle of a call. */
export interface Standing {
  /** Has it open until `fetch` ends it. Never rejects: a server that offers none does not ask. */
  open(fetch: Fetch): Promise<void>
}

/**
 * To the client the stream stands for as long as its session. To the server it is open during calls only: otherwise it would talk
 * to nobody, and with no call's credential.
 */
export function withStandingStream(fetch: Fetch, offered: (standing: Standing) => void): Fetch {
  return async (url, init = {}) => {
    if (init.method !== 'GET' || new Headers(init.headers).has('last-event-id')) return fetch(url, init)
    const { headers = {}, signal } = init
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    writer.closed.catch(() => {})
    let refused = false
    let slow = false
    async function listen(through: Fetch): Promise<void> {
      const ask = () => through(url, { method: 'GET', headers, ...(signal != null && { signal }) })
      let answer = await ask()
      for (let tries = 0; answer.status === 409 && tries < maxTries; tries++) {
        await delay(againMs, undefined, { ref: false })
        answer = await ask()
      }
      if (answer.ok && answer.body !== null) void pass(answer.body)
      else refused = answer.status !== 409
    }
    async function pass(body: ReadableStream<Uint8Array>): Promise<void> {
      try {
        for await (const chunk of body) await writer.write(chunk)
      } catch {
        // It ends with the call.
      }
      // What was begun is no event of the next stream.
      await writer.write(new TextEncoder().encode('\n\n')).catch(() => {})
    }
    offered({
      async open(through) {
        if (refused) return
        const opened = listen(through).catch(() => {})
        if (slow) return
        slow = (await Promise.race([opened, delay(openMs, 'slow' as const, { ref: false })])) === 'slow'
      },
    })
    return new Response(readable, { headers: { 'content-type': 'text/event-stream' } })
  }
}
