import type { Draft } from '../draft.ts'
import type { Reporter } from '../report.ts'
import type { Credentials } from './credentials.ts'
import { operationOf } from './operations.ts'
import type { SeenRequest } from './request.ts'
import { mainServer, titleOf } from './servers.ts'

interface Source {
  readonly format: string
  readonly requests: readonly SeenRequest[]
  readonly credentials: Credentials
  /** Requests found besides and reported. */
  readonly others: number
  /** The server that is meant, where there are several. */
  readonly serverUrl: string | undefined
}

/**
 * Requests that were seen, as operations: those with the same method and path are one. Only those of one server are taken,
 * since a connection's credential must not go to others that happen to stand beside it.
 */
export function draftOfRequests({ format, requests, credentials, others, serverUrl }: Source, report: Reporter): Draft {
  const wanted = serverUrl !== undefined && URL.canParse(serverUrl) ? new URL(serverUrl).origin : undefined
  const main = requests.some(({ server }) => server === wanted) ? wanted : mainServer(requests)
  const groups = new Map<string, [SeenRequest, ...SeenRequest[]]>()
  let elsewhere = 0
  for (const request of requests) {
    if (request.server !== main) {
      elsewhere += 1
      const message = `${request.method} ${request.server}${request.path} is not imported: most requests go to ${main}. Import it alone, or name its server with server_url.`
      report.add('operation_not_imported', '', request.at, message)
      continue
    }
    // What is in braces differs by name only.
    const key = `${request.method} ${request.path.replace(/\{[^{}]*\}/g, '{}')}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [request])
    else group.push(renamed(request, group[0]))
  }
  report.add(
    'parameter_guessed',
    '',
    '',
    'Types are guessed from the values that were seen, and only what stands in a path is required.',
  )
  return {
    format,
    title: titleOf(main ?? ''),
    servers: main === undefined ? [] : [{ url: main }],
    auth: credentials.schemes,
    operations: [...groups.values()].map((group) => operationOf(group, report)),
    others: others + elsewhere,
    isGuessed: true,
  }
}

/** The values in a path under the names of the first request like it. */
function renamed(request: SeenRequest, first: SeenRequest): SeenRequest {
  const names = [...first.path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '')
  const own = [...request.path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '')
  const inPath = request.inPath.map((part) => ({ ...part, name: names[own.indexOf(part.name)] ?? part.name }))
  return { ...request, path: first.path, inPath }
}
