import { fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import { SallyportError, unreachable } from '../../errors.ts'
import { places } from '../../places.ts'
import type { Drafter } from './drafter.ts'
import type { Fetched, FromProcess, ImportJob, ImportProgress, StoredConnector, ToProcess } from './protocol.ts'

/** The largest document fetched from an address, and all that one import fetches together: Microsoft Graph's beta has 47 MB. */
const maxFetchedBytes = 64 * 1024 * 1024
const maxFetched = 200
const fetchTimeoutMs = 60_000
const atOnce = 4

/** Imports at the same time: each may take hundreds of MB and one core. */
const maxRunning = 2
const maxWaiting = 20

/** What a document may take: a fixed part, which hostile ones are held to, and a part by its size. Milliseconds, megabytes. */
const usualBudget: Budget = {
  time: { fixed: 5_000, perMb: { json: 1_000, yaml: 6_000 } },
  memory: { fixed: 256, perMb: { json: 24, yaml: 160 } },
}
interface Allotment {
  readonly fixed: number
  readonly perMb: { readonly json: number; readonly yaml: number }
}
export interface Budget {
  readonly time: Allotment
  readonly memory: Allotment
}
export interface ImportResult {
  /** JSON: the connector as it is to be stored, `{document, report}` or the preview. */
  readonly json: Uint8Array<ArrayBuffer>
  readonly stored: StoredConnector | null
}

export interface ImportRun {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Reads documentation that holds no description; without it only tables and examples are read. */
  readonly draft?: Drafter | undefined
}

export interface Importer {
  /**
   * Runs one import in a process of its own, which is ended at its budget. Throws
   * INVALID_INPUT, PAYLOAD_TOO_LARGE, or UNAVAILABLE when too many imports wait. The process also ends with `signal`.
   */
  run(job: ImportJob, options?: ImportRun): Promise<ImportResult>
  /** A document from an address. Throws a problem that says why it cannot be had. */
  fetch(address: string): Promise<Fetched>
}

export function createImporter({
  egress,
  budget = usualBudget,
}: {
  readonly egress: Egress
  readonly budget?: Budget
}): Importer {
  let running = 0
  const waiting: (() => void)[] = []

  async function enter(): Promise<void> {
    if (running < maxRunning) {
      running += 1
      return
    }
    if (waiting.length >= maxWaiting)
      throw new SallyportError('UNAVAILABLE', {
        detail: 'Too many imports are under way. Try again in a minute.',
        retryAfterSeconds: 60,
      })
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  /** `ask`: for the schema of a GraphQL server, the only thing that is ever posted; redirects are not followed then. */
  async function fetchDocument(address: string, maxBytes = maxFetchedBytes, ask?: 'graphql'): Promise<Fetched> {
    const asked =
      ask === undefined
        ? { method: 'GET', headers: { Accept: 'application/json, application/yaml, text/yaml, */*;q=0.5' } }
        : {
            method: 'POST',
            headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
            body: JSON.stringify({ query: await introspectionQuery() }),
          }
    const response = await egress
      .request({
        door: 'spec_import',
        url: address,
        ...asked,
        timeoutMs: fetchTimeoutMs,
        maxResponseBytes: maxBytes,
        redirects: 'follow',
      })
      .catch((error: unknown) => {
        throw error instanceof EgressError ? egressProblem(error) : error
      })
    if (response.status !== 200) {
      throw new SallyportError('UPSTREAM_ERROR', {
        detail: `${address} answered ${response.status}. Give the address of the document itself.`,
      })
    }
    const { link } = response.headers
    return { address, found: response.url, bytes: new Uint8Array(response.body), ...(link === undefined ? {} : { link }) }
  }

  async function fetchAll(addresses: readonly string[], left: Left, ask?: 'graphql'): Promise<ToProcess> {
    const documents: Fetched[] = []
    const refused: { address: string; why: string }[] = []
    const queue = [...addresses]
    const work = async () => {
      for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
        if (left.documents <= 0 || left.bytes <= 0) {
          refused.push({
            address,
            why: `is beyond the ${maxFetched} documents or ${maxFetchedBytes / 1024 / 1024} MB that one import fetches`,
          })
          continue
        }
        left.documents -= 1
        try {
          const document = await fetchDocument(address, left.bytes, ask)
          left.bytes -= document.bytes.length
          documents.push(document)
        } catch (error) {
          if (!(error instanceof SallyportError)) throw error
          refused.push({ address, why: `could not be fetched: ${error.detail.replace(/\.$/, '')}` })
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return { kind: 'fetched', documents, refused }
  }

  return {
    fetch: (address) => fetchDocument(address),
    async run(job, { onProgress = () => {}, signal, draft } = {}) {
      await enter()
      try {
        signal?.throwIfAborted()
        return await inProcess({ ...job, hasModel: draft !== undefined }, allowanceFor(job, budget), {
          onProgress,
          fetchAll,
          signal,
          draft,
        })
      } finally {
        leave()
      }
    },
  }
}

/** Loaded on use: the gateway itself needs nothing of GraphQL. */
async function introspectionQuery(): Promise<string> {
  const { introspection } = await import('../../definition/import/discovery/candidates.ts')
  return introspection()
}

/** What an import may still fetch. */
interface Left {
  documents: number
  bytes: number
}

interface Allowance {
  readonly timeMs: number
  readonly memoryMb: number
}

function allowanceFor({ text, files = [], zip, against }: ImportJob, budget: Budget): Allowance {
  const parts = [text, against?.text, ...files.map(({ bytes }) => bytes)].filter((part) => part !== undefined)
  const mb = { json: 0, yaml: 0 }
  for (const bytes of parts) mb[startsAsJson(bytes) ? 'json' : 'yaml'] += bytes.length / 1024 / 1024
  // Text packs to a tenth; what it is nobody knows before.
  mb.yaml += Math.min(64, ((zip?.length ?? 0) * 10) / 1024 / 1024)
  const of = ({ fixed, perMb }: Allotment) => Math.ceil(fixed + mb.json * perMb.json + mb.yaml * perMb.yaml)
  return { timeMs: of(budget.time), memoryMb: of(budget.memory) }
}

function startsAsJson(bytes: Uint8Array): boolean {
  return /^[\uFEFF\s]*[[{]/.test(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(1024, bytes.length)).toString('utf8'))
}

async function inProcess(
  job: ImportJob,
  allowance: Allowance,
  {
    onProgress,
    fetchAll,
    signal,
    draft = async () => ({ why: 'there is none.' }),
  }: {
    readonly onProgress: (progress: ImportProgress) => void
    readonly fetchAll: (addresses: readonly string[], left: Left, ask?: 'graphql') => Promise<ToProcess>
    readonly signal: AbortSignal | undefined
    readonly draft: Drafter | undefined
  },
): Promise<ImportResult> {
  let { timeMs } = allowance
  const { memoryMb } = allowance
  const { promise, resolve, reject } = Promise.withResolvers<ImportResult>()
  // What Node compiled for the last import, where it keeps that at all: a start takes half as long.
  const compiled = getCompileCacheDir()
  const child = fork(places.importWorker, {
    env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
    // Without a bound on the young generation the largest documents take half as much memory again, in no less time.
    execArgv: [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=16'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let timer: NodeJS.Timeout | undefined
  let started = 0
  // The clock stands while the network is waited for, which has deadlines of its own.
  const start = () => {
    started = performance.now()
    timer = setTimeout(() => reject(tooSlow(timeMs)), timeMs)
  }
  const stop = () => {
    clearTimeout(timer)
    timeMs = Math.max(1, timeMs - (performance.now() - started))
  }
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort)
  const left = { documents: maxFetched, bytes: maxFetchedBytes }
  const send = (message: ToProcess) => child.send(message)
  child.on('message', (received) => {
    // Written by this program's own other half, over a pipe that nobody else has.
    const message = received as FromProcess
    switch (message.kind) {
      case 'ready':
        start()
        send({ kind: 'job', job })
        break
      case 'progress':
        onProgress(message.progress)
        break
      case 'wanted':
        stop()
        fetchAll(message.addresses, left, message.ask).then((answer) => {
          start()
          send(answer)
        }, reject)
        break
      case 'undrafted':
        stop()
        draft(message.documentation).then((drafted) => {
          start()
          send({ kind: 'drafted', draft: drafted })
        }, reject)
        break
      case 'done':
        resolve({ json: message.json, stored: message.stored })
        break
      case 'failed': {
        const { code, detail, diagnostics } = message
        reject(new SallyportError(code, { detail, ...(diagnostics === undefined ? {} : { diagnostics }) }))
        break
      }
      case 'fault':
        reject(new Error(message.message))
        break
      default:
        unreachable(message)
    }
  })
  child.on('error', reject)
  // V8 ends a process whose heap is full; that is why it is not a thread of the gateway, which would end with it.
  child.on('exit', (_code, ended) =>
    reject(ended === null ? new Error('The import ended without a result.') : tooLarge(memoryMb)),
  )
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    child.kill('SIGKILL')
  }
}

function tooSlow(timeMs: number): SallyportError {
  return new SallyportError('INVALID_INPUT', {
    detail: `Reading the document took longer than the ${Math.round(timeMs / 1000)} s that its size permits and was stopped. If it is YAML, write aliases (*name) out or convert it to JSON; if it is huge, split it.`,
  })
}

function tooLarge(memoryMb: number): SallyportError {
  return new SallyportError('PAYLOAD_TOO_LARGE', {
    detail: `Reading the document took more than the ${memoryMb} MB that its size permits and was stopped. If it is YAML, write aliases (*name) out or convert it to JSON; if it is huge, split it.`,
  })
}
