import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Clock } from '../../clock.ts'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { isRedirectUri } from './redirect-uri.ts'

/** What the document at a client_id says, checked (Client ID Metadata Document, draft-ietf-oauth-client-id-metadata-document). */
export interface ClientDocument {
  readonly name: string
  readonly redirectUris: readonly string[]
}

/** What the draft recommends as a bound. */
const maxBytes = 5 * 1024
const timeoutMs = 10_000
/** A document is asked for again after this time, whatever its headers say: its owner may have to take a redirect URI back. */
const freshMs = 10 * 60_000
const mostKept = 1_000

const Document = Compile(
  Type.Object({
    client_id: Type.String(),
    client_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    redirect_uris: Type.Array(Type.String({ maxLength: 2000 }), { minItems: 1, maxItems: 50 }),
    token_endpoint_auth_method: Type.Optional(Type.String()),
  }),
)

/** A name that strangers chose, as it is shown: no line breaks, nothing invisible, nothing that turns the text around. */
export function shownName(name: string): string {
  return name
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 100)
}

const wrong = (what: string) =>
  new SallyportError('INVALID_INPUT', {
    detail: `The application did not answer as a client metadata document should: ${what}.`,
  })

/**
 * Whether a client_id is the address of a document: https with a path, as URL parsers print it, without user, fragment or dot
 * segments. A gateway that is itself reached without TLS, which is one in development, takes http as well.
 */
export function isDocumentId(clientId: string, publicUrl: string): boolean {
  const url = clientId.length > 2000 ? null : URL.parse(clientId)
  if (url === null || url.username !== '' || url.password !== '' || clientId.includes('#')) return false
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && publicUrl.startsWith('http:'))) return false
  return url.href === clientId
}

function read(clientId: string, body: string): ClientDocument {
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch {
    throw wrong('it is no JSON')
  }
  if (!Document.Check(given)) throw wrong('it needs client_id and redirect_uris')
  if (given.client_id !== clientId) throw wrong('its client_id is not the address it is at')
  // Whatever else it had as a secret would be in the open.
  if ((given.token_endpoint_auth_method ?? 'none') !== 'none') throw wrong('its token_endpoint_auth_method is not none')
  if (!given.redirect_uris.every(isRedirectUri)) throw wrong('a redirect URI of it cannot be used')
  return { name: shownName(given.client_name ?? '') || new URL(clientId).hostname, redirectUris: given.redirect_uris }
}

/** Documents of programs, through the door out, and only for somebody who is signed in. */
export function createClientDocuments(egress: Egress, clock: Clock) {
  const kept = new Map<string, { readonly document: ClientDocument; readonly until: number }>()

  async function fetchDocument(clientId: string): Promise<ClientDocument> {
    try {
      const { status, body } = await egress.request({
        door: 'client_metadata',
        method: 'GET',
        url: clientId,
        headers: { accept: 'application/json' },
        timeoutMs,
        maxResponseBytes: maxBytes,
      })
      if (status !== 200) throw wrong(`it answered ${status}`)
      return read(clientId, body.toString('utf8'))
    } catch (error) {
      throw error instanceof EgressError ? egressProblem(error) : error
    }
  }

  return {
    /** Throws INVALID_INPUT, or why it cannot be reached. */
    async get(clientId: string): Promise<ClientDocument> {
      const known = kept.get(clientId)
      if (known !== undefined && known.until > clock.now()) return known.document
      kept.delete(clientId)
      const document = await fetchDocument(clientId)
      kept.set(clientId, { document, until: clock.now() + freshMs })
      for (const [oldest] of kept) {
        if (kept.size <= mostKept) break
        kept.delete(oldest)
      }
      return document
    },
  }
}
export type ClientDocuments = ReturnType<typeof createClientDocuments>
