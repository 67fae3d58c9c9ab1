import { SallyportError } from '../../errors.ts'
import { parseText } from './read-text.ts'
import { type Found, isRecord, type Json, pointer, Spec } from './spec.ts'

/** Values in all documents together, those of YAML aliases counted at each use. Microsoft Graph beta, the largest known, has 1.5 million. */
const MAX_NODES = 8_000_000
/** The deepest of 2,639 public documents has 34 levels; a connector file may have 100. */
const MAX_DEPTH = 64
/** Files and addresses one import may be made of. DigitalOcean's description, the most divided one known, has about 900. */
const MAX_DOCUMENTS = 2000

/** Texts by path; decoded when they are asked for. */
export type Files = Pick<ReadonlyMap<string, string>, 'get'>

export interface SpecOptions {
  /** Where the document was found: an address, or its path among the files. References to other documents start from it. */
  readonly address?: string | undefined
  /** Other files, by path; read when something refers to them. */
  readonly files?: Files | undefined
}

/** Relative references need a base; one that is no address cannot lead to the network. */
const bundle = 'bundle:/'

/** Reads the documents of one API, and says which others they refer to. Pure: what is at an address is given with `add`. */
export class SpecReader {
  readonly #files: Files
  readonly #base: string
  readonly #root: Json
  readonly #version: string
  readonly #hasIds: boolean
  readonly #documents = new Map<string, unknown>()
  readonly #named = new Map<string, Found>()
  readonly #missing = new Map<string, string>()
  readonly #wanted = new Set<string>()
  readonly #marks = { readOnly: false, writeOnly: false }
  #nodes = 0

  constructor(source: unknown, { address, files = new Map<string, string>() }: SpecOptions = {}) {
    this.#files = files
    const root = typeof source === 'string' ? parseText(source) : source
    if (!isRecord(root))
      throw notASpec(`found ${Array.isArray(root) ? 'a list' : root === null ? 'nothing' : `a ${typeof root}`}`)
    const self = typeof root.$self === 'string' ? root.$self : undefined
    const found = baseOf(address ?? '')
    this.#base = self !== undefined && URL.canParse(self, found) ? new URL(self, found).href.replace(/#.*/s, '') : found
    this.#root = root
    // Swagger 2.0 and OpenAPI 3.0 know no $id, and looking for one in every object takes time.
    this.#hasIds = !/^(2|3\.0)/.test(String(root.openapi ?? root.swagger))
    this.#inspect(root, this.#base, '')
    this.#version = versionOf(root)
    this.#settle()
  }

  /** Addresses that are referred to and not read yet. */
  wanted(): readonly string[] {
    return [...this.#wanted]
  }

  /** What is at an address; `found`: where it lay after redirects. Throws as the constructor does. */
  add(address: string, text: string, found = address): void {
    this.#wanted.delete(address)
    this.#read(address, text, found)
    this.#settle()
  }

  /** Why what is at an address cannot be had; completes "leads to …, which". */
  refuse(address: string, why: string): void {
    this.#wanted.delete(address)
    this.#missing.set(address, `leads to ${address}, which ${why}`)
  }

  spec(): Spec {
    for (const address of this.#wanted)
      this.#missing.set(address, 'leads out of the document to an address, which was not fetched')
    return new Spec({
      root: this.#root,
      version: this.#version,
      documents: this.#documents,
      named: this.#named,
      missing: this.#missing,
      marks: this.#marks,
    })
  }

  /** Reads the files that are referred to, and those that they refer to. */
  #settle(): void {
    for (const id of this.#wanted) {
      const text = this.#files.get(id)
      if (text === undefined && /^https?:/i.test(id)) continue
      this.#wanted.delete(id)
      if (text === undefined)
        this.#missing.set(
          id,
          id.startsWith('file:')
            ? 'leads to a file of this machine, which is never read; give the file with the document'
            : `leads to the file "${id}", which was not given; import the folder or a zip of it`,
        )
      else this.#read(id, text, id)
    }
  }

  #read(id: string, text: string, found: string): void {
    if (this.#documents.size >= MAX_DOCUMENTS)
      throw invalid(`The document refers to more than ${MAX_DOCUMENTS} others. Bundle it into one file first.`)
    let value: unknown
    try {
      value = parseText(text)
    } catch (error) {
      if (!(error instanceof SallyportError) || error.code !== 'INVALID_INPUT') throw error
      this.#missing.set(id, `leads to "${id}", which cannot be read: ${error.detail.replace(/\.$/, '')}`)
      return
    }
    this.#documents.set(id, value)
    if (typeof value === 'object' && value !== null) this.#inspect(value, baseOf(found), id)
  }

  /**
   * One pass over a whole document, so that everything after it may recurse and copy without a guard: bounds its size and depth
   * (which also catches YAML aliases that contain themselves), refuses the one key that changes an object instead of filling
   * it, and rewrites references that leave the document or start from an `$id`.
   */
  #inspect(document: object, base: string, id: string): void {
    const before = this.#nodes
    if (id === '' && this.#isUsual(document, 0)) return
    this.#nodes = before
    const path: (string | number)[] = []
    const refs = new Map<string, string>()
    const place = () => `${id === '' ? '' : `${id}#`}${pointer('', ...path)}`
    const visit = (value: object, depth: number, names: boolean, data: boolean, scope: string): void => {
      if (depth > MAX_DEPTH)
        throw invalid(
          `The document is nested deeper than ${MAX_DEPTH} levels at ${place().slice(0, 200)}…, or contains itself. Use "$ref" for recursive schemas.`,
        )
      if (Array.isArray(value)) {
        this.#nodes += value.length
        for (let index = 0; index < value.length; index++) {
          const item: unknown = value[index]
          if (typeof item !== 'object' || item === null) continue
          path.push(index)
          visit(item, depth + 1, false, data, scope)
          path.pop()
        }
      } else {
        const holder = value as Record<string, unknown>
        const inner = data || names || !this.#hasIds ? scope : this.#scopeOf(holder, scope, place)
        for (const key in holder) {
          this.#nodes += 1
          const item = holder[key]
          if (typeof item === 'object') {
            if (item === null) continue
            if (key === '__proto__') throw forbiddenKey(place())
            path.push(key)
            visit(item, depth + 1, !names && nameMaps.has(key), data || (!names && isData(key)), inner)
            path.pop()
            if (key === 'discriminator' && !data && !names) this.#rewriteMapping(item, inner)
          } else if (item === true) {
            if (key === 'readOnly') this.#marks.readOnly = true
            else if (key === 'writeOnly') this.#marks.writeOnly = true
          } else if (key === '$ref') {
            if (typeof item !== 'string' || data || (inner === this.#base && item.startsWith('#'))) continue
            let ref = refs.get(`${inner} ${item}`)
            if (ref === undefined) {
              ref = this.#canonical(item, inner)
              refs.set(`${inner} ${item}`, ref)
            }
            holder.$ref = ref
          }
        }
      }
      if (this.#nodes > MAX_NODES)
        throw invalid(`The document has more than ${MAX_NODES / 1_000_000} million values. Split it and import the parts.`)
    }
    visit(document, 0, false, false, base)
  }

  /**
   * The same pass, in half the time, over a document in which there is nothing to do: within the bounds, without a forbidden key,
   * and with references that start from its own root. False as soon as anything else is met, whatever it turns out to be.
   */
  #isUsual(value: object, depth: number): boolean {
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) return false
    if (Array.isArray(value)) {
      this.#nodes += value.length
      for (let index = 0; index < value.length; index++) {
        const item: unknown = value[index]
        if (typeof item === 'object' && item !== null && !this.#isUsual(item, depth + 1)) return false
      }
      return true
    }
    const holder = value as Record<string, unknown>
    for (const key in holder) {
      this.#nodes += 1
      const item = holder[key]
      if (typeof item === 'object') {
        if (item === null) continue
        if (key === '__proto__' || !this.#isUsual(item, depth + 1)) return false
      } else if (typeof item === 'string') {
        // A "$ref" in a mapping, an "$id", or a property of that name in an example: the thorough pass tells them apart.
        if (key.charCodeAt(0) === dollar && (key === '$ref' ? item.charCodeAt(0) !== hash : this.#hasIds && idKeys.has(key)))
          return false
      } else if (item === true) {
        if (key === 'readOnly') this.#marks.readOnly = true
        else if (key === 'writeOnly') this.#marks.writeOnly = true
      }
    }
    return holder.mapping === undefined || !leadsElsewhere(holder.mapping)
  }

  /** The base for references inside a schema with an `$id`; notes its name, and that of an anchor. */
  #scopeOf(holder: Json, scope: string, place: () => string): string {
    let inner = scope
    if (typeof holder.$id === 'string' && !holder.$id.startsWith('#') && URL.canParse(holder.$id, scope)) {
      inner = new URL(holder.$id, scope).href.replace(/#$/, '')
      this.#name(this.#idOf(inner), { value: holder, at: place() })
    }
    for (const keyword of ['$anchor', '$dynamicAnchor'])
      if (typeof holder[keyword] === 'string')
        this.#name(`${this.#idOf(inner)}#${holder[keyword]}`, { value: holder, at: place() })
    return inner
  }

  #name(name: string, found: Found): void {
    if (name === '') return
    this.#named.set(name, found)
    this.#wanted.delete(name)
  }

  /** A name such as `Cat` is no reference in a mapping; a path or a pointer is. */
  #rewriteMapping(discriminator: object, scope: string): void {
    const mapping = isRecord(discriminator) ? discriminator.mapping : undefined
    if (!isRecord(mapping)) return
    for (const [name, ref] of Object.entries(mapping)) {
      if (typeof ref === 'string' && /[/#]|\.(json|ya?ml)$/.test(ref) && (scope !== this.#base || !ref.startsWith('#')))
        (mapping as Record<string, unknown>)[name] = this.#canonical(ref, scope)
    }
  }

  #canonical(ref: string, base: string): string {
    if (!URL.canParse(ref, base)) return ref
    const { href, hash } = new URL(ref, base)
    const id = this.#idOf(href.slice(0, href.length - hash.length))
    if (id !== '' && !this.#documents.has(id) && !this.#missing.has(id) && !this.#named.has(id)) this.#wanted.add(id)
    return `${id}${hash === '' ? '#' : hash}`
  }

  /** Empty for the root itself. */
  #idOf(address: string): string {
    const bare = address.replace(/#$/, '')
    if (bare === this.#base) return ''
    return bare.startsWith(bundle) ? decodePath(bare.slice(bundle.length)) : bare
  }
}

/** An API document alone: an object, or its JSON or YAML text. Throws INVALID_INPUT, or PAYLOAD_TOO_LARGE. */
export function readSpec(source: unknown, options: SpecOptions = {}): Spec {
  return new SpecReader(source, options).spec()
}

function baseOf(address: string): string {
  return URL.canParse(address) ? new URL(address).href.replace(/#.*/s, '') : new URL(encodeURI(address), `${bundle}.`).href
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const dollar = 0x24
const hash = 0x23
const idKeys: ReadonlySet<string> = new Set(['$id', '$anchor', '$dynamicAnchor'])

/** Whether what may be the mapping of a discriminator has more than names and pointers into the document itself. */
function leadsElsewhere(mapping: unknown): boolean {
  return isRecord(mapping) && Object.values(mapping).some((ref) => typeof ref === 'string' && refersOut.test(ref))
}
const refersOut = /^[^#].*[/#]|^\/|\.(json|ya?ml)$/s

/** Keys below which the keys are names and no keywords. */
const nameMaps: ReadonlySet<string> = new Set(
  `properties patternProperties $defs definitions schemas dependentSchemas parameters responses headers requestBodies examples
  securitySchemes securityDefinitions links callbacks pathItems paths webhooks content encoding mediaTypes`.split(/\s+/),
)

/** Below these are values, in which nothing is a reference. */
const isData = (key: string): boolean =>
  key === 'example' || key === 'default' || key === 'enum' || key === 'const' || key === 'value' || key.startsWith('x-')

function versionOf(root: Json): string {
  if (root.swagger !== undefined) {
    // Unquoted in YAML, 2.0 is the number 2.
    if (root.swagger === 2 || String(root.swagger).trim().startsWith('2.')) return '2.0'
    throw invalid(`This is Swagger ${String(root.swagger)}. Convert it to Swagger 2.0 or OpenAPI 3 and import that.`)
  }
  const openapi = typeof root.openapi === 'number' ? String(root.openapi === 3 ? '3.0' : root.openapi) : root.openapi
  if (typeof openapi === 'string' && /^3\.\d+(\.|$)/.test(openapi.trim())) return openapi.trim()
  if (openapi !== undefined)
    throw invalid(
      `At /openapi the version is ${JSON.stringify(openapi)}. OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0 can be imported: convert the document to one of them.`,
    )
  for (const [what, found] of otherFormats)
    if (found(root)) throw invalid(`This is ${what}, not an OpenAPI document. Find the OpenAPI document of the API.`)
  throw notASpec('there is no "openapi" or "swagger" key at its top')
}

const otherFormats: readonly (readonly [string, (root: Json) => boolean])[] = [
  ['a Swagger 1.x document', (root) => root.swaggerVersion !== undefined],
  ['an AsyncAPI document', (root) => root.asyncapi !== undefined],
  ['a Postman collection', (root) => Array.isArray(root.item) && isRecord(root.info)],
  ['a HAR file', (root) => isRecord(root.log) && Array.isArray(root.log.entries)],
  ['a GraphQL schema', (root) => root.__schema !== undefined || (isRecord(root.data) && root.data.__schema !== undefined)],
  ['a connector file', (root) => root.connector !== undefined && root.actions !== undefined],
]

function notASpec(found: string): SallyportError {
  return invalid(
    `This is not an OpenAPI document: ${found}. Pass an OpenAPI 3 or Swagger 2.0 document, whose first line usually is "openapi: 3.0.3" or so.`,
  )
}

function forbiddenKey(place: string): SallyportError {
  return invalid(`The document has a key "__proto__" at ${place || 'its top'}, which no API needs. Remove it and try again.`)
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
