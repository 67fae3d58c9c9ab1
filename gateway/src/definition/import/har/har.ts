import { SallyportError } from '../../../errors.ts'
import { importDraft, listOf, recordOf } from '../draft.ts'
import type { Imported, ImportOptions } from '../openapi.ts'
import { Reporter } from '../report.ts'
import { bodyOf, jsonOf, partOf } from '../requests/bodies.ts'
import { Credentials } from '../requests/credentials.ts'
import { draftOfRequests } from '../requests/draft-of.ts'
import { keptHeaders } from '../requests/headers.ts'
import type { Part, SeenAnswer, SeenBody, SeenRequest } from '../requests/request.ts'
import { splitUrl } from '../requests/urls.ts'
import { isRecord, type Json, pointer, textOf } from '../spec.ts'

/** A day of browsing has some thousand requests. */
const MAX_ENTRIES = 50_000

/**
 * A connector out of a recording (HAR 1.2). Only requests of a program are taken: those that a page's scripts made and that
 * speak JSON. What they carried as credentials becomes auth schemes; no value of one is kept.
 */
export function importHar(root: Json, options: ImportOptions = {}): Imported {
  const entries = listOf(recordOf(root.log).entries)
  if (entries.length > MAX_ENTRIES)
    throw new SallyportError('INVALID_INPUT', {
      detail: `The recording has more than ${MAX_ENTRIES} requests. Record the part that concerns the API.`,
    })
  const report = new Reporter()
  const credentials = new Credentials()
  let others = 0
  const requests = entries.flatMap((entry, index) => {
    const at = pointer('/log/entries', index)
    const request = isRecord(entry) ? requestOf(entry, at, credentials, report) : 'it is no object'
    if (typeof request !== 'string') return [request]
    others += 1
    const { method, url } = recordOf(recordOf(entry).request)
    const what = `${String(method ?? '').slice(0, 20)} ${addressOf(String(url ?? ''))}`.trim()
    report.add('operation_not_imported', '', at, `${what || 'A request'} is not imported: ${request}.`)
    return []
  })
  if (requests.length === 0)
    throw new SallyportError('INVALID_INPUT', {
      detail: `None of the ${entries.length} requests of the recording is one of an API. The first: ${report.entries[0]?.message ?? 'there is none.'} Record while the page loads its data, and export with contents.`,
    })
  return importDraft(
    draftOfRequests({ format: 'HAR 1.2', requests, credentials, others, serverUrl: options.serverUrl }, report),
    report,
    options,
  )
}

/** Without the query, which may hold anything. */
const addressOf = (url: string): string =>
  /^data:/i.test(url) ? 'data:…' : (url.split(/[?#]/, 1)[0] ?? '').replace(/\/\/[^/@]*@/, '//').slice(0, 120)

/** The request of one entry, or why it is none of an API. */
function requestOf(entry: Json, at: string, credentials: Credentials, report: Reporter): SeenRequest | string {
  const request = recordOf(entry.request)
  const response = recordOf(entry.response)
  const content = recordOf(response.content)
  const method = textOf(request.method)?.toUpperCase() ?? 'GET'
  const answerType = textOf(content.mimeType) ?? ''
  const reason = reasonAgainst(entry, method, answerType, recordOf(request.postData), Number(response.status))
  if (reason !== null) return reason
  const url = splitUrl(textOf(request.url) ?? '')
  if (url === null) return 'its address is none of http or https'
  const security: string[] = []
  const note = (message: string) => report.addOnce('parameter_is_credential', '', at, message)
  const pairs = listOf(request.headers).flatMap((header): (readonly [string, string])[] => {
    const { name, value } = recordOf(header)
    return typeof name === 'string' && typeof value === 'string' && name !== '' ? [[name, value]] : []
  })
  const hasCookieHeader = pairs.some(([name]) => name.toLowerCase() === 'cookie')
  const jar = hasCookieHeader ? [] : listOf(request.cookies).map((cookie) => `${String(recordOf(cookie).name ?? '')}=`)
  const headers = keptHeaders(jar.length === 0 ? pairs : [...pairs, ['Cookie', jar.join('; ')]], {
    credentials,
    security,
    note,
  })
  const query = url.query.filter(({ name, value }) => {
    const scheme = credentials.query(name, typeof value === 'string' ? value : '')
    if (scheme === null) return true
    security.push(scheme)
    note(`The query parameter "${name}" is the credential, which the connection supplies.`)
    return false
  })
  if (url.hadUser) security.push(credentials.basic())
  return {
    at,
    method,
    server: url.server,
    path: url.path,
    inPath: url.inPath,
    query,
    headers,
    body: sentBody(recordOf(request.postData), at, report),
    answers: answerOf(response, content, answerType),
    security: security.length === 0 ? undefined : [...new Set(security)],
  }
}

function reasonAgainst(entry: Json, method: string, answerType: string, posted: Json, status: number): string | null {
  const kind = textOf(entry._resourceType)?.toLowerCase()
  if (method === 'OPTIONS') return 'it only asks what the server permits'
  if (method === 'CONNECT' || method === 'TRACE') return 'this gateway does not send such requests'
  if (kind !== undefined && !['xhr', 'fetch', 'eventsource', 'other'].includes(kind))
    return `it loads a part of a page (${kind.slice(0, 40)})`
  if (kind === 'eventsource' || /event-stream/i.test(answerType)) return 'its answer is a stream of events'
  const isJson = /json/i.test(answerType) || /json|graphql/i.test(String(posted.mimeType ?? ''))
  if (isJson) return null
  const isSilent = status === 204 || status === 202 || status === 201
  if (isSilent && method !== 'GET') return null
  return `it neither sends nor brings JSON${answerType === '' ? '' : ` (${answerType.split(';', 1)[0]?.slice(0, 60)})`}`
}

function sentBody(posted: Json, at: string, report: Reporter): SeenBody | undefined {
  const type = textOf(posted.mimeType) ?? ''
  const params = listOf(posted.params).flatMap((param): Part[] => {
    const { name, value, fileName } = recordOf(param)
    if (typeof name !== 'string') return []
    return [typeof fileName === 'string' ? { name, isFile: true } : partOf(name, typeof value === 'string' ? value : undefined)]
  })
  const text = typeof posted.text === 'string' ? posted.text : ''
  if (/multipart\/form-data/i.test(type))
    return params.length > 0
      ? { kind: 'fields', contentType: 'multipart/form-data', fields: params }
      : { kind: 'binary', contentType: 'application/octet-stream' }
  if (params.length > 0 && /urlencoded/i.test(type))
    return { kind: 'fields', contentType: 'application/x-www-form-urlencoded', fields: params }
  if (text === '') return undefined
  const body = bodyOf(type, text)
  if (body !== null) return body
  report.add('body_unchecked', '', at, 'The body says it is JSON and cannot be read as such; any value is accepted in its place.')
  return { kind: 'json', contentType: 'application/json', sample: undefined }
}

function answerOf({ status }: Json, content: Json, type: string): readonly SeenAnswer[] {
  const code = typeof status === 'number' && status >= 200 && status < 600 && (status < 300 || status >= 400) ? status : undefined
  if (code === undefined) return []
  const text = typeof content.text === 'string' ? content.text : ''
  const plain = content.encoding === 'base64' && text.length < 2_000_000 ? Buffer.from(text, 'base64').toString('utf8') : text
  return [
    {
      status: code,
      contentType: /json/i.test(type) ? 'application/json' : (type.split(';', 1)[0] ?? ''),
      sample: /json/i.test(type) ? jsonOf(plain) : undefined,
      isRecorded: true,
    },
  ]
}
