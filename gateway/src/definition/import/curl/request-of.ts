import type { Reporter } from '../report.ts'
import { bodyOf, formParts, jsonOf, partOf } from '../requests/bodies.ts'
import type { Credentials } from '../requests/credentials.ts'
import { keptHeaders } from '../requests/headers.ts'
import type { Part, SeenBody, SeenRequest } from '../requests/request.ts'
import { type SplitUrl, splitUrl } from '../requests/urls.ts'
import { givenOptions } from './options.ts'

/** One part of a body as it was given, and whether it is in a file that nobody has. */
interface Data {
  readonly text: string
  readonly isFile: boolean
}

/** The request that one command makes; null when it makes none, which is reported. */
export function requestOf(words: readonly string[], at: string, credentials: Credentials, report: Reporter): SeenRequest | null {
  const headers: [string, string][] = []
  const data: Data[] = []
  const form: Part[] = []
  const query: Part[] = []
  const security: string[] = []
  const addresses: SplitUrl[] = []
  let method = ''
  let isGet = false
  let isJson = false
  let upload = false
  const note = (message: string) => report.add('part_left_out', '', at, message)
  const carries = (what: string) =>
    report.add('parameter_is_credential', '', at, `${what} holds the credential, which the connection supplies.`)
  const takeUrl = (text: string) => {
    const split = splitUrl(text)
    if (split === null) note(`"${excerptOf(text)}" is no address, and no option that is known; it is left out.`)
    else addresses.push(split)
  }
  for (const { flag, meaning, value } of givenOptions(words)) {
    switch (meaning) {
      case 'word':
      case 'url':
        takeUrl(value)
        break
      case 'method':
        method = value.toUpperCase()
        break
      case 'header': {
        const [name = '', text = ''] = value.split(/[:;](.*)/s, 2)
        if (name.trim() !== '') headers.push([name.trim(), text.trim()])
        break
      }
      case 'json':
        isJson = true
        data.push(dataOf(value, true))
        break
      case 'data':
        data.push(dataOf(value, true))
        break
      case 'data-raw':
        data.push(dataOf(value, false))
        break
      case 'data-urlencode':
        data.push(encodedOf(value))
        break
      case 'url-query':
        query.push(...formParts(encodedOf(value).text))
        break
      case 'form':
      case 'form-string':
        form.push(formPart(value, meaning === 'form'))
        break
      case 'user':
        security.push(credentials.basic())
        carries(flag)
        break
      case 'bearer':
        security.push(credentials.add('bearer', { type: 'bearer' }))
        carries(flag)
        break
      case 'cookie':
        headers.push(['Cookie', value])
        break
      case 'get':
        isGet = true
        break
      case 'head':
        method ||= 'HEAD'
        break
      case 'upload':
        upload = true
        break
      case 'insecure':
        note(`${flag} is not taken over: the certificate of the API is checked, unless the connector says otherwise in security.`)
        break
      case 'unsupported':
        note(`${flag} is not taken over: it says how curl connects or signs, which the connection has its own settings for.`)
        break
      case 'program':
        break
      case null:
        note(`${flag} is no option of curl that is known and is left out.`)
        break
      default:
        meaning satisfies never
    }
  }
  const [target, ...more] = addresses
  if (more.length > 0) note('The command asks for several addresses; only the first is taken.')
  if (target === undefined) {
    report.add('operation_not_imported', '', at, 'The command is not imported: no address was found in it.')
    return null
  }
  if (target.hadUser) {
    security.push(credentials.basic())
    carries('The address')
  }
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const kept = keptHeaders(headers, {
    credentials,
    security,
    note: (message) => report.add('parameter_is_credential', '', at, message),
  })
  const inQuery = [...target.query, ...query, ...(isGet ? formParts(data.map(({ text }) => text).join('&')) : [])].filter(
    ({ name, value }) => {
      const scheme = credentials.query(name, typeof value === 'string' ? value : '')
      if (scheme === null) return true
      security.push(scheme)
      report.add(
        'parameter_is_credential',
        '',
        at,
        `The query parameter "${name}" is the credential, which the connection supplies.`,
      )
      return false
    },
  )
  const body = isGet ? undefined : sentBody({ data, form, upload, isJson, contentType, note, report, at })
  return {
    at,
    method: method || (isGet ? 'GET' : upload ? 'PUT' : body === undefined ? 'GET' : 'POST'),
    server: target.server,
    path: target.path,
    inPath: target.inPath,
    query: inQuery,
    headers: kept,
    body,
    answers: [],
    security: security.length === 0 ? undefined : [...new Set(security)],
  }
}

const excerptOf = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** `@name` reads a file, where the option says so. */
const dataOf = (value: string, reads: boolean): Data => ({ text: value, isFile: reads && value.startsWith('@') })

/** `content`, `=content`, `name=content`, `@file`, `name@file` (curl.1, --data-urlencode). */
function encodedOf(value: string): Data {
  const [, name = '', mark = '', content = ''] = /^([^=@]*)([=@]?)(.*)$/s.exec(value) ?? []
  if (mark === '') return { text: encodeURIComponent(value), isFile: false }
  const text = mark === '@' ? '' : encodeURIComponent(content)
  return { text: name === '' ? text : `${name}=${text}`, isFile: mark === '@' && name === '' }
}

function formPart(value: string, reads: boolean): Part {
  const [name = '', content = ''] = value.split(/=(.*)/s, 2)
  if (reads && content.startsWith('@')) return { name, isFile: true }
  if (reads && content.startsWith('<')) return { name }
  return partOf(name, reads ? content.replace(/;\s*(type|filename)=[^;]*/g, '').replace(/^"(.*)"$/s, '$1') : content)
}

interface Sent {
  readonly data: readonly Data[]
  readonly form: readonly Part[]
  readonly upload: boolean
  readonly isJson: boolean
  readonly contentType: string | undefined
  readonly report: Reporter
  readonly at: string
  note(message: string): void
}

function sentBody({ data, form, upload, isJson, contentType, report, at, note }: Sent): SeenBody | undefined {
  if (form.length > 0) return { kind: 'fields', contentType: 'multipart/form-data', fields: form }
  if (upload) return { kind: 'binary', contentType: contentType ?? 'application/octet-stream' }
  if (data.length === 0) return undefined
  const said = contentType ?? (isJson ? 'application/json' : undefined)
  if (data.some(({ isFile }) => isFile)) {
    note('The body stands in a file, which is never read; what it may hold is not known.')
    return said === undefined || /json/i.test(said)
      ? { kind: 'json', contentType: 'application/json', sample: undefined }
      : { kind: 'binary', contentType: said }
  }
  const text = data.map((part) => part.text).join(isJson ? '' : '&')
  const guess = said === undefined ? jsonOf(text) : undefined
  if (typeof guess === 'object' && guess !== null) {
    report.add(
      'content_type_chosen',
      '',
      at,
      'The body is JSON, though curl would send it as a form; it is sent as application/json.',
    )
    return bodyOf('application/json', text) ?? undefined
  }
  const body = bodyOf(said ?? 'application/x-www-form-urlencoded', text)
  if (body !== null) return body
  report.add('body_unchecked', '', at, 'The body says it is JSON and cannot be read as such; any value is accepted in its place.')
  return { kind: 'json', contentType: 'application/json', sample: undefined }
}
