import type { First } from './facts.ts'
import type { Plan } from './types.ts'

/** What a call would do, without its credential. */
export function planOf({ work, connection, action, input }: First): Plan {
  if (work.kind === 'command') return { command: action.name, input }
  const { request } = work
  const credential: Record<string, string> =
    connection.scheme.type === 'none' ? {} : { '(credential)': `added by the gateway: ${connection.scheme.type}` }
  return {
    method: request.method,
    url: request.url,
    headers: { ...request.headers, ...credential },
    ...(request.bodyValue === undefined ? {} : { body: request.bodyValue }),
  }
}
