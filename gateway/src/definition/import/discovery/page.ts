import { Parser } from 'htmlparser2'

/** What is looked at in one page, whatever its size. */
const MAX_ITEMS = 3000
const MAX_TEXT = 4 * 1024 * 1024
/** No real page nests deeper; the parser's work grows with the square of it. */
const MAX_PROSE = 100_000
const MAX_DEPTH = 2000
const CHUNK = 16 * 1024

export interface Link {
  readonly href: string
  readonly rel: string
  readonly type: string
}

/** What a page of documentation holds that may lead to a description of an API, or be one. */
export interface Page {
  readonly links: readonly Link[]
  /** Addresses that an element of a viewer (Redoc, Scalar, RapiDoc, Elements) names outright. */
  readonly named: readonly string[]
  readonly scripts: readonly { readonly src: string; readonly text: string }[]
  /** Texts in `pre` and `code`. */
  readonly codes: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Texts of headings and paragraphs. */
  readonly texts: readonly string[]
  /** All that people read in it, in its order, up to 100,000 characters. */
  readonly prose: string
}

/** Attributes by which viewers are told where the description is. */
const naming = [
  'spec-url',
  'specurl',
  'apidescriptionurl',
  'data-url',
  'data-spec-url',
  'data-openapi-url',
  'data-sw-url',
  'spec-path',
]
const blocks = new Set('h1 h2 h3 h4 h5 h6 p li dt dd summary'.split(' '))

/** Reads a page without building a tree, up to where it is too long or nested too deeply. */
export function readPage(html: string): Page {
  const links: Link[] = []
  const named: string[] = []
  const scripts: { src: string; text: string }[] = []
  const codes: string[] = []
  const rows: string[][] = []
  const texts: string[] = []
  let open: { readonly tag: string; readonly pieces: string[]; readonly take: (text: string) => void } | null = null
  const prose: string[] = []
  let proseLeft = MAX_PROSE
  const read = (text: string) => {
    const words = text.trim().slice(0, proseLeft)
    if (words === '') return
    proseLeft -= words.length
    prose.push(words)
  }
  let row: string[] | null = null
  const collect = (tag: string, take: (text: string) => void) => {
    open = { tag, pieces: [], take }
  }
  let depth = 0
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        depth += 1
        const rel = attributes.rel?.toLowerCase() ?? ''
        if ((tag === 'a' || tag === 'link') && attributes.href !== undefined && links.length < MAX_ITEMS)
          links.push({ href: attributes.href, rel, type: attributes.type ?? '' })
        for (const name of naming) {
          const value = attributes[name]
          if (value !== undefined && value !== '' && named.length < 50) named.push(value)
        }
        for (const name of ['data-configuration', 'apidescriptiondocument', 'data-spec']) {
          const text = attributes[name]
          if (text !== undefined && scripts.length < MAX_ITEMS) scripts.push({ src: '', text })
        }
        if (tag === 'br') open?.pieces.push('\n')
        if (open !== null) return
        if (tag === 'script') {
          const src = attributes.src ?? ''
          collect(tag, (text) => scripts.length < MAX_ITEMS && scripts.push({ src, text }))
        } else if (tag === 'pre' || tag === 'code' || tag === 'textarea')
          collect(tag, (text) => codes.length < MAX_ITEMS && codes.push(text))
        else if (tag === 'style') collect(tag, () => {})
        else if (tag === 'tr') row = []
        else if ((tag === 'td' || tag === 'th') && row !== null) {
          const cells = row
          collect(tag, (text) => cells.length < 20 && cells.push(text.trim()))
        } else if (blocks.has(tag)) collect(tag, (text) => texts.length < MAX_ITEMS && texts.push(text.trim()))
      },
      ontext(text) {
        if (open === null) read(text)
        else open.pieces.push(text)
      },
      onclosetag(tag) {
        depth -= 1
        if (open?.tag === tag) {
          const text = open.pieces.join('')
          open.take(text)
          if (tag !== 'script' && tag !== 'style') read(text)
          open = null
        }
        if (tag === 'tr' && row !== null) {
          if (rows.length < MAX_ITEMS && row.length > 0) rows.push(row)
          row = null
        }
      },
    },
    { lowerCaseTags: true, lowerCaseAttributeNames: true },
  )
  const end = Math.min(html.length, MAX_TEXT)
  for (let at = 0; at < end && depth < MAX_DEPTH; at += CHUNK) parser.write(html.slice(at, Math.min(end, at + CHUNK)))
  parser.end()
  return { links, named, scripts, codes, rows, texts, prose: prose.join('\n') }
}
