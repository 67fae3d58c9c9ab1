import { flushCompileCache } from 'node:module'
import { unzipSync } from 'fflate'
import { compileConnector } from '../../definition/compile.ts'
import type { ConnectorDocument } from '../../definition/document.ts'
import { externalProtocol } from '../../definition/external.ts'
import { detectFormat } from '../../definition/import/detect.ts'
import { discover, type FoundPage } from '../../definition/import/discovery/discover.ts'
import type { Documentation } from '../../definition/import/discovery/drafting.ts'
import { externalDocument } from '../../definition/import/external.ts'
import { importDetected } from '../../definition/import/import-any.ts'
import { mcpDocument } from '../../definition/import/mcp.ts'
import { type Imported, type ImportOptions, importSpec } from '../../definition/import/openapi.ts'
import { previewOf } from '../../definition/import/preview.ts'
import { type Files, SpecReader } from '../../definition/import/read-spec.ts'
import { type ImportReport, type ReportEntry, Reporter } from '../../definition/import/report.ts'
import { isRecord, type Json } from '../../definition/import/spec.ts'
import { checkMade, parseConnector } from '../../definition/parse.ts'
import { SallyportError } from '../../errors.ts'
import { summaryOf } from '../summary.ts'
import type { Draft } from './drafter.ts'
import type { Fetched, FromProcess, ImportJob, SourceFile, ToProcess } from './protocol.ts'
import { renew } from './renew.ts'

/**
 * The process that reads documents from outside: the gateway ends it at its budget of time and memory, whatever it is doing.
 * It opens no file and no socket; what lies at an address is asked of the gateway.
 */

/** All files of a zip together, by what it says of itself; fflate writes no more than that. */
const maxUnzippedBytes = 64 * 1024 * 1024
const maxFiles = 2000
const firstVersion = '1.0.0'

const say = (message: FromProcess) => process.send?.(message)

let answer: (message: Extract<ToProcess, { kind: 'fetched' }>) => void = () => {}
let drafted: (draft: Draft) => void = () => {}

process.on('disconnect', () => process.exit())
process.on('message', (message: ToProcess) => {
  if (message.kind === 'fetched') answer(message)
  else if (message.kind === 'drafted') drafted(message.draft)
  else run(message.job).catch((error: unknown) => say(failureOf(error)))
})
say({ kind: 'ready' })
// It is killed when it is done, and would leave nothing for the next.
flushCompileCache()

function failureOf(error: unknown): FromProcess {
  if (error instanceof SallyportError) {
    const { code, detail, diagnostics } = error
    return { kind: 'failed', code, detail, ...(diagnostics === undefined ? {} : { diagnostics }) }
  }
  if (error instanceof RangeError && /call stack/.test(error.message))
    return {
      kind: 'failed',
      code: 'INVALID_INPUT',
      detail: 'The document is nested too deeply to be read. Use "$ref" for recursive schemas.',
    }
  return { kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

interface Made {
  readonly document: ConnectorDocument
  readonly report: ImportReport | null
  preview(): unknown
}

async function run(job: ImportJob): Promise<void> {
  const made = await make(job)
  if (job.against !== undefined) {
    const renewed = renew(job, job.against, made)
    return 'changes' in renewed ? finish(renewed, null) : finishStored(renewed.document, renewed.version, made.report)
  }
  if (job.want === 'preview') return finish(made.preview(), null)
  const version = made.document.version ?? firstVersion
  if (job.want === 'draft') {
    const count = Object.keys(made.document.actions).length
    const report = made.report ?? { format: 'Connector file', operations: count, imported: count, entries: [] }
    return finish({ document: made.document, report }, null)
  }
  finishStored({ ...made.document, version }, version, made.report)
}

function finishStored(document: ConnectorDocument, version: string, report: ImportReport | null): void {
  compileConnector(document, version)
  finish(document, {
    connector: document.connector,
    name: document.name,
    version,
    summary: summaryOf(document),
    servers: Object.values(document.servers ?? {}).map(({ url }) => url),
    actions: Object.keys(document.actions),
    authorities: document.security?.tls?.ca ?? null,
    report,
  })
}

function finish(value: unknown, stored: Extract<FromProcess, { kind: 'done' }>['stored']): void {
  const json = new TextEncoder().encode(JSON.stringify(value))
  say({ kind: 'done', json, stored })
}

async function make(job: ImportJob): Promise<Made> {
  const files = filesOf(job)
  const { text, address, url = job.url, notes } = await described(job, rootOf(job, files))
  say({ kind: 'progress', progress: { stage: 'read' } })
  const detected = detectFormat(text)
  const options: ImportOptions = {
    connector: job.connector,
    name: job.name,
    serverUrl: job.serverUrl ?? url,
    choice: job.choice,
    onProgress: (done, total) => say({ kind: 'progress', progress: { stage: 'operations', done, total } }),
  }
  const other = importDetected(text, detected, options, () => besides(files, address))
  if (other !== null) return madeOf(other, notes)
  if (detected.format === 'external') return externalOf(detected.value ?? {}, job)
  if (detected.format === 'mcp') return toolsOf(detected.value ?? {}, job)
  if (job.orConnector === true && detected.format !== 'openapi' && detected.format !== 'swagger') {
    if (detected.format === 'unknown' && !looksLikeMap(text)) throw invalid(detected.reason)
    const document = chosenFrom(parseConnector(text), job)
    return { document, report: null, preview: () => notPreviewed(document) }
  }
  const lookUp: Files = { get: (path) => textOf(files.get(path)) }
  const reader = new SpecReader(detected.value ?? text, { ...(address === undefined ? {} : { address }), files: lookUp })
  await fetchInto(reader)
  say({ kind: 'progress', progress: { stage: 'parsed' } })
  return madeOf(importSpec(reader.spec(), options), notes)
}

function madeOf(made: Imported, notes: readonly ReportEntry[] = []): Made {
  const imported = { ...made, report: { ...made.report, entries: [...notes, ...made.report.entries] } }
  return { document: checkMade(imported.document), report: imported.report, preview: () => previewOf(imported) }
}

interface Described {
  readonly text: string
  readonly address: string | undefined
  /** Where the description was, when that is not the address that was given. */
  readonly url?: string
  /** How it was found. */
  readonly notes?: readonly ReportEntry[]
}

/** The description itself; looked for where an address holds something else, a page of documentation for example. */
async function described(job: ImportJob, given: Described): Promise<Described> {
  const { text, address } = given
  if (job.url === undefined || address === undefined || !mayLeadOn(text)) return given
  const first = text === '' ? undefined : { url: address, text }
  const { found, draft, drafting, tried } = await discover(job.url, fetchPage, first, job.hasModel ? askModel : undefined)
  const report = new Reporter()
  const asked = tried.length === 1 ? 'One address was' : `${tried.length} addresses were`
  if (found !== null) {
    report.add('discovered', '', '', `The description was found at ${found.url} (${found.why}). ${asked} looked at.`)
    return { text: found.text, address: found.url, url: found.url, notes: report.entries }
  }
  if (draft !== null) {
    report.add(
      'drafted',
      '',
      '',
      `No description was found, so this is a draft of the examples and tables of the documentation: check it. ${asked} looked at.`,
    )
    if (drafting !== null) report.add('drafted', '', '', drafting)
    return { text: draft, address: undefined, notes: report.entries }
  }
  throw new SallyportError('INVALID_INPUT', {
    detail: `No description of an API was found from ${job.url}. ${asked} looked at.${drafting === null ? '' : ` ${drafting}`} Give the address of the description itself, or paste curl commands.`,
    diagnostics: { tried: tried.slice(0, 50) },
  })
}

/** Whether it is no description, and not meant as one with a mistake. */
function mayLeadOn(text: string): boolean {
  const { format, reason } = detectFormat(text)
  return format === 'unknown' && (reason.startsWith('The JSON') || /^\uFEFF?\s*</.test(text) || !looksLikeMap(text))
}

async function fetchPage(url: string, maxBytes: number, ask?: 'graphql'): Promise<FoundPage> {
  const { documents, refused } = await fetched([url], ask)
  const [document] = documents
  if (document === undefined) throw new Error(refused[0]?.why ?? 'brought no answer')
  if (document.bytes.length > maxBytes) throw new Error('is too long to be looked at')
  return { url: document.found, text: decode(document.bytes), link: document.link }
}

/** One question at a time: a discovery asks once. */
function askModel(documentation: Documentation): Promise<Draft> {
  const { promise, resolve } = Promise.withResolvers<Draft>()
  drafted = resolve
  say({ kind: 'undrafted', documentation })
  return promise
}

/** The other files that were given. */
function besides(files: ReadonlyMap<string, Uint8Array>, address: string | undefined): readonly string[] {
  return [...files].flatMap(([path, bytes]) => (path === address ? [] : [decode(bytes)]))
}

/** What lies at addresses, which the gateway fetches. */
function fetched(addresses: readonly string[], ask?: 'graphql'): Promise<Extract<ToProcess, { kind: 'fetched' }>> {
  const { promise, resolve } = Promise.withResolvers<Extract<ToProcess, { kind: 'fetched' }>>()
  answer = resolve
  say({ kind: 'wanted', addresses, ...(ask === undefined ? {} : { ask }) })
  return promise
}

/** Asks for what lies at other addresses until nothing new is referred to. */
async function fetchInto(reader: SpecReader): Promise<void> {
  for (let addresses = reader.wanted(), count = 0; addresses.length > 0; addresses = reader.wanted()) {
    const { documents, refused } = await fetched(addresses)
    for (const { address, why } of refused) reader.refuse(address, why)
    for (const { address, bytes, found } of documents satisfies readonly Fetched[]) {
      reader.add(address, decode(bytes), found)
      count += 1
    }
    say({ kind: 'progress', progress: { stage: 'fetched', done: count } })
  }
}

/** Whether it may be a connector file with a mistake. */
const looksLikeMap = (text: string): boolean => /^\s*(\{|["']?[\w$-]+["']?\s*:)/m.test(text)

/** A connector file with the name and the actions that are asked for. */
function chosenFrom(document: ConnectorDocument, { connector, name, choice: { select } }: ImportJob): ConnectorDocument {
  const missing = select?.find((action) => !Object.hasOwn(document.actions, action))
  if (missing !== undefined)
    throw invalid(
      `There is no action "${missing}" to select. Its actions: ${Object.keys(document.actions).slice(0, 20).join(', ')}.`,
    )
  const kept = Object.entries(document.actions).filter(([action]) => select === undefined || select.includes(action))
  return {
    ...document,
    ...(connector !== undefined && { connector }),
    ...(name !== undefined && { name }),
    actions: Object.fromEntries(kept),
  }
}

/** The schema that an external service tells of itself. */
function externalOf(value: Json, job: ImportJob): Made {
  const { connector, name, serverUrl = job.url } = job
  const document = stillChosenFrom(parseConnector(externalDocument(value, { connector, name, serverUrl })), job)
  const operations = isRecord(value.commands) ? Object.keys(value.commands).length : 0
  const imported = Object.keys(document.actions).length
  const report = { format: `External service, protocol ${externalProtocol}`, operations, imported, entries: [] }
  return { document, report, preview: () => notPreviewed(document) }
}

/** Of a newer description those that were chosen may be gone. */
function stillChosenFrom(document: ConnectorDocument, job: ImportJob): ConnectorDocument {
  const { select } = job.choice
  const kept = job.against === undefined ? select : select?.filter((action) => Object.hasOwn(document.actions, action))
  return chosenFrom(document, { ...job, choice: { select: kept } })
}

/** The tools of an MCP server. */
function toolsOf(value: Json, job: ImportJob): Made {
  const { document: made, report } = mcpDocument(value, job)
  const document = stillChosenFrom(parseConnector(made), job)
  return { document, report, preview: () => notPreviewed(document) }
}

function notPreviewed(document: ConnectorDocument): never {
  throw new SallyportError('INVALID_INPUT', {
    detail: `This is the connector "${document.connector}" already, so there is nothing to choose. Import it as it is.`,
    diagnostics: { format: 'connector' },
  })
}

function filesOf({ files = [], zip }: ImportJob): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ...files.map(({ path, bytes }: SourceFile) => [tidyPath(path), bytes] as const),
    ...(zip === undefined ? [] : unzipped(zip)),
  ])
}

function unzipped(zip: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  let bytes = 0
  let count = 0
  const isWanted = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (!/\.(json|ya?ml|har|graphqls?|gql)$/i.test(name) || /(^|\/)(__MACOSX|node_modules|\.git)\//.test(name)) return false
    bytes += originalSize
    count += 1
    if (bytes > maxUnzippedBytes || count > maxFiles)
      throw new SallyportError('PAYLOAD_TOO_LARGE', {
        detail: `The zip holds more than ${maxFiles} files or ${maxUnzippedBytes / 1024 / 1024} MB of JSON and YAML. Pack only what the API document refers to.`,
      })
    return true
  }
  try {
    return Object.entries(unzipSync(zip, { filter: isWanted })).map(([path, content]) => [tidyPath(path), content])
  } catch (error) {
    if (error instanceof SallyportError) throw error
    throw invalid('This is no zip file that can be read. Pack the folder again, without a password.')
  }
}

const tidyPath = (path: string): string => path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '')

function rootOf(
  job: ImportJob,
  files: ReadonlyMap<string, Uint8Array>,
): { readonly text: string; readonly address: string | undefined } {
  if (job.text !== undefined) return { text: decode(job.text), address: job.address }
  const paths = [...files.keys()].sort((a, b) => a.split('/').length - b.split('/').length || a.localeCompare(b))
  if (job.root !== undefined) {
    const path = tidyPath(job.root)
    const text = textOf(files.get(path))
    if (text === undefined)
      throw invalid(`root names "${job.root}", which is not among the files: ${paths.slice(0, 5).join(', ') || 'none'}.`)
    return { text, address: path }
  }
  const documents = paths.flatMap((path) => {
    const text = textOf(files.get(path)) ?? ''
    const { format } = detectFormat(text)
    return format === 'connector' || format === 'unknown' ? [] : [{ text, address: path, format }]
  })
  const specs = documents.filter(({ format }) => format === 'openapi' || format === 'swagger')
  const found = specs.length > 0 ? specs : documents
  const depth = found[0]?.address.split('/').length
  const top = found.filter(({ address }) => address.split('/').length === depth)
  if (top[0] === undefined)
    throw invalid(
      `None of the ${files.size} files is an API document: none has "openapi" or "swagger" at its top. Name it with root.`,
    )
  if (top.length > 1)
    throw invalid(
      `${top.length} of the files are API documents: ${top
        .slice(0, 5)
        .map(({ address }) => address)
        .join(', ')}. Say which with root.`,
    )
  return top[0]
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : decode(bytes))

/** UTF-8, or UTF-16 where a byte order mark says so. */
function decode(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw invalid('The document is not text in UTF-8. Save it as UTF-8 and try again; pass a packed folder as zip.')
  }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
