import type { Endpoint } from '../by-hand.ts'
import { detectFormat, type Format } from '../detect.ts'
import { type Candidate, candidatesOf, catalogLinks, linksInHeader, linksInText, namedIn, usualPlaces } from './candidates.ts'
import { type Documentation, draftedEndpoints, maxDocumentationChars } from './drafting.ts'
import { embeddedSpec } from './embedded.ts'
import { SeenEndpoints } from './endpoints-of.ts'
import { readPage } from './page.ts'

/** What one discovery may ask for. */
const limits = {
  requests: 40,
  /** Requests to hosts other than the one it began at, which only a name of a description leads to. */
  foreign: 5,
  pages: 12,
  /** After so many milliseconds nothing more is asked for. */
  ms: 60_000,
  /** Of one document, and of all together. */
  bytes: 16 * 1024 * 1024,
  totalBytes: 48 * 1024 * 1024,
} as const
const MAX_QUEUE = 500

export interface FoundPage {
  /** Where it lay after redirects. */
  readonly url: string
  readonly text: string
  /** Its Link header, where there was one. */
  readonly link?: string | undefined
}

/** Brings what lies at an address, at most so many bytes of it. Throws an error whose message says why there is nothing. */
export type FetchPage = (url: string, maxBytes: number, ask?: 'graphql') => Promise<FoundPage>

export interface Tried {
  readonly url: string
  readonly why: string
  /** What was there, in a few words. */
  readonly outcome: string
}

/** Asks a language model what endpoints documentation tells of; its words, or why there are none. */
export type AskModel = (documentation: Documentation) => Promise<{ readonly answer: string } | { readonly why: string }>

export interface Discovery {
  /** A description of the API, of any format that can be imported; null when there was none. */
  readonly found: { readonly url: string; readonly format: Format; readonly text: string; readonly why: string } | null
  /** Endpoints read from documentation, in the format of those by hand, when nothing better was found; null for none. */
  readonly draft: string | null
  /** What became of asking a language model; null where nobody asked one. */
  readonly drafting: string | null
  readonly tried: readonly Tried[]
}

/**
 * Finds the description of an API from its base address or a page of its documentation. At most 40 requests, one after the
 * other and none begun after a minute, stopping at the first description; what a page holds never leads to more than that.
 */
export async function discover(start: string, fetch: FetchPage, first?: FoundPage, ask?: AskModel): Promise<Discovery> {
  const search = new Search(start, fetch, ask)
  return search.run(first)
}

class Search {
  readonly #start: string
  readonly #fetch: FetchPage
  readonly #ask: AskModel | undefined
  readonly #tried: Tried[] = []
  readonly #known = new Set<string>()
  readonly #began = performance.now()
  readonly #seen = new SeenEndpoints()
  #prose = ''
  readonly #queues: Readonly<Record<Candidate['kind'], Candidate[]>> = { named: [], page: [], guess: [] }
  readonly #left: { requests: number; foreign: number; pages: number; totalBytes: number } = { ...limits }

  constructor(start: string, fetch: FetchPage, ask: AskModel | undefined) {
    this.#start = start
    this.#fetch = fetch
    this.#ask = ask
  }

  async run(first: FoundPage | undefined): Promise<Discovery> {
    const begin: Candidate = { url: this.#start, why: 'where to begin', kind: 'named' }
    this.#known.add(begin.url)
    let found = first === undefined ? await this.#try(begin) : this.#look(begin, first)
    if (found === null) this.#queue(usualPlaces(this.#start))
    for (let next = this.#next(); found === null && next !== undefined; next = this.#next()) found = await this.#try(next)
    if (found !== null) return { found, draft: null, drafting: null, tried: this.#tried }
    const { endpoints, drafting } = await this.#drafted()
    const draft = this.#seen.document(this.#start, endpoints)
    return { found, draft: draft === null ? null : JSON.stringify(draft), drafting, tried: this.#tried }
  }

  /** What a language model, where there is one, finds in the pages besides. */
  async #drafted(): Promise<{ readonly endpoints: readonly Endpoint[]; readonly drafting: string | null }> {
    if (this.#ask === undefined || this.#prose.trim() === '') return { endpoints: [], drafting: null }
    const documentation = { base: this.#seen.base(this.#start), known: this.#seen.known(), text: this.#prose }
    const asked = await this.#ask(documentation)
    if ('why' in asked) return { endpoints: [], drafting: `The language model could not be asked: ${asked.why}` }
    const endpoints = draftedEndpoints(asked.answer, documentation)
    if (endpoints === null)
      return { endpoints: [], drafting: 'What the language model wrote is no list of endpoints and was left out.' }
    return { endpoints, drafting: `The language model drafted ${endpoints.length} of the endpoints; each is marked.` }
  }

  #read(url: string, prose: string): void {
    this.#prose = `${this.#prose}Page ${url}\n${prose}\n\n`.slice(0, maxDocumentationChars)
  }

  #next(): Candidate | undefined {
    if (performance.now() - this.#began > limits.ms || this.#left.requests <= 0 || this.#left.totalBytes <= 0) return undefined
    return this.#queues.named.shift() ?? this.#queues.guess.shift() ?? this.#queues.page.shift()
  }

  #queue(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) {
      const queue = this.#queues[candidate.kind]
      const key = `${candidate.ask ?? ''}${candidate.url}`
      if (queue.length >= MAX_QUEUE || this.#known.has(key)) continue
      if (candidate.kind !== 'named' && !this.#isOwn(candidate.url)) continue
      this.#known.add(key)
      queue.push(candidate)
    }
  }

  #isOwn(url: string): boolean {
    return new URL(url).host === new URL(this.#start).host
  }

  async #try(candidate: Candidate): Promise<Discovery['found']> {
    const { url, why, kind, ask } = candidate
    if (!this.#isOwn(url)) {
      if (this.#left.foreign <= 0) {
        this.#tried.push({ url, why, outcome: `not asked: more than ${limits.foreign} addresses of other hosts` })
        return null
      }
      this.#left.foreign -= 1
    }
    if (kind === 'page') {
      if (this.#left.pages <= 0) return null
      this.#left.pages -= 1
    }
    this.#left.requests -= 1
    let page: FoundPage
    try {
      page = await this.#fetch(url, Math.min(limits.bytes, this.#left.totalBytes), ask)
    } catch (error) {
      this.#tried.push({ url, why, outcome: error instanceof Error ? error.message.slice(0, 200) : 'no answer' })
      return null
    }
    this.#left.totalBytes -= page.text.length
    return this.#look(candidate, page)
  }

  /** What an answer is, and where it leads. */
  #look({ url, why }: Candidate, page: FoundPage): Discovery['found'] {
    const { text } = page
    const say = (outcome: string) => this.#tried.push({ url, why, outcome })
    if (page.link !== undefined) this.#queue(linksInHeader(page.link, page.url))
    const isHtml = /^\uFEFF?\s*</.test(text)
    const { format } = isHtml ? { format: 'unknown' as const } : detectFormat(text)
    if (format !== 'unknown' && format !== 'connector' && !(format === 'curl' && /llms[\w-]*\.txt$/.test(url))) {
      say(`a description: ${format}`)
      return { url: page.url, format, text, why }
    }
    if (isHtml) return this.#lookAtPage(url, why, page)
    const leads = [
      ...catalogLinks(text, page.url),
      ...named(text, page.url),
      ...(/\.(txt|md)([?#]|$)/.test(url) ? linksInText(text, page.url) : []),
    ]
    const spec = /swagger|openapi/.test(text) ? embeddedSpec(text) : null
    if (spec !== null) {
      say('a script that holds the description')
      return { url: page.url, format: 'openapi', text: JSON.stringify(spec), why }
    }
    if (/\.(txt|md)([?#]|$)/.test(url)) this.#read(url, text)
    this.#queue(leads)
    say(leads.length === 0 ? 'no description' : `leads to ${leads.length} addresses`)
    return null
  }

  #lookAtPage(url: string, why: string, { text, url: base }: FoundPage): Discovery['found'] {
    const page = readPage(text)
    for (const script of page.scripts) {
      const spec = embeddedSpec(script.text)
      if (spec === null) continue
      this.#tried.push({ url, why, outcome: 'a page that holds the description' })
      return { url: base, format: spec.swagger === undefined ? 'openapi' : 'swagger', text: JSON.stringify(spec), why }
    }
    this.#seen.add(page)
    this.#read(url, page.prose)
    const leads = candidatesOf(page, base)
    this.#queue(leads)
    this.#tried.push({ url, why, outcome: `a page that leads to ${leads.length} addresses` })
    return null
  }
}

const named = (script: string, base: string): readonly Candidate[] =>
  namedIn(script).flatMap((href) =>
    URL.canParse(href, base)
      ? [{ url: new URL(href, base).href, why: 'the settings of a viewer name it', kind: 'named' as const }]
      : [],
  )
