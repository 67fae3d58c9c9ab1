import { searchSegments } from '../gateway/src/definition/search/query.ts'
import { buildSegment, type Segment } from '../gateway/src/definition/search/segment.ts'
import { type Figures, median, round } from './report.ts'
import { documentOf, furtherFiles, heldOut, type Labelled, labelOf, requests } from './search/corpus.ts'

interface Indexed {
  readonly key: string
  readonly segment: Segment
  readonly label: (action: string) => string
}

const rounds = 5
/** Actions that a workspace of this benchmark has, at least: those of all the documents, and of some of them again. */
const wanted = 20_000

async function index(files: readonly string[]): Promise<Indexed[]> {
  const indexed: Indexed[] = []
  for (const file of files) {
    const document = documentOf(file)
    indexed.push({ key: file, segment: await buildSegment(document), label: (action) => labelOf(document, action) })
  }
  return indexed
}

/** Where the first right answer stands, from 1; infinity when it is not among fifty. */
function rankOf({ file, request, right }: Labelled, searched: readonly Indexed[]): number {
  const hits = searchSegments(request, searched, 50)
  const place = hits.findIndex(({ key, action }) => {
    const label = searched.find((one) => one.key === key)?.label(action) ?? ''
    return key === file && right.has(label)
  })
  return place < 0 ? Number.POSITIVE_INFINITY : place + 1
}

function recalls(name: string, ranks: readonly number[]): Figures {
  const at = (limit: number) => round(ranks.filter((rank) => rank <= limit).length / ranks.length, 3)
  return { [`${name}_recall_at_1`]: at(1), [`${name}_recall_at_5`]: at(5), [`${name}_recall_at_10`]: at(10) }
}

/** Time of the processor, which other programs on the machine do not lengthen. */
function spentMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** Search as agents use it: how often it finds what was meant, what it costs to index and to ask. */
export async function benchSearch(say: (line: string) => void): Promise<Figures> {
  const labelledFiles = [...new Set(requests.map(({ file }) => file))]
  const labelled = await index(labelledFiles)
  const ofApi = (file: string) => labelled.filter(({ key }) => key === file)
  const own = requests.map((request) => rankOf(request, ofApi(request.file)))
  for (const file of labelledFiles) {
    const ranks = own.filter((_rank, at) => requests[at]?.file === file)
    const within = (limit: number) => `${ranks.filter((rank) => rank <= limit).length}`.padStart(3)
    say(`${file.padEnd(32)} ${within(1)} ${within(5)} ${within(10)} of ${ranks.length}${heldOut.has(file) ? ', held out' : ''}`)
  }
  const held = own.filter((_rank, at) => heldOut.has(requests[at]?.file ?? ''))
  const named = requests.map((one) => rankOf({ ...one, request: `${nameOf(one.file)} ${one.request}` }, labelled))

  const documents = [...labelledFiles, ...furtherFiles].map(documentOf)
  const count = () => documents.reduce((sum, { actions }) => sum + Object.keys(actions).length, 0)
  for (let copy = 0; count() < wanted; copy++) {
    const again = documents[copy]
    if (again !== undefined) documents.push({ ...again, connector: `${again.connector}_${copy}` })
  }
  globalThis.gc?.()
  const before = process.memoryUsage()
  let longest = 0
  let last = performance.now()
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  const started = process.cpuUsage()
  const all: { key: string; segment: Segment }[] = []
  for (const document of documents) all.push({ key: document.connector, segment: await buildSegment(document) })
  const indexMs = spentMs(started)
  clearInterval(watch)
  globalThis.gc?.()
  const after = process.memoryUsage()

  for (const { request } of requests) searchSegments(request, all, 10)
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const { request } of requests) {
      const asked = process.cpuUsage()
      searchSegments(request, all, 10)
      times.push(spentMs(asked))
    }
  }
  times.sort((a, b) => a - b)
  const quantile = (share: number) => round(times[Math.floor(times.length * share)] ?? Number.NaN, 2)
  return {
    requests: requests.length,
    apis: labelledFiles.length,
    ...recalls('api', own),
    ...recalls('held_out', held),
    ...recalls('all_named', named),
    actions: count(),
    index_cpu_ms: round(indexMs, 0),
    index_longest_pause_ms: round(longest, 0),
    index_mb: round((after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1_048_576, 0),
    query_p50_cpu_ms: round(median(times), 2),
    query_p99_cpu_ms: quantile(0.99),
    query_max_cpu_ms: quantile(0.9999),
  }
}

const nameOf = (file: string) => file.replace(/^.*\/(?=[^/]+$)|\.json$/g, '').replace(/\.(?:com|us|api)\b/g, '')
