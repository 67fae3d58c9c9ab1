/** Names out of a document, made fit for where they go. */

/** Longest name of an action or input: what the pickiest model API accepts for tools and their parameters. */
export const MAX_NAME = 64

/** `getCustomerById` → `get_customer_by_id`, `repos/list-for-org` → `repos_list_for_org`. Empty when nothing usable is in it. */
export function snakeCase(text: string): string {
  const words = asciiOf(text)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
  if (words === '') return ''
  return cut(/^[a-z]/.test(words) ? words : `op_${words}`, MAX_NAME)
}

/** The name itself where it is an identifier, else the nearest one: `filter[name]` → `filter_name`, `X-Id` → `X_Id`. */
export function identifier(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return unreserved(cut(text, MAX_NAME))
  const name = asciiOf(text)
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
  if (name === '') return 'value'
  return unreserved(cut(/^[A-Za-z]/.test(name) ? name : `p_${name}`, MAX_NAME))
}

/** A name for `#/schemas/<name>`: needs no escape in a JSON Pointer or a URI fragment. */
export function schemaName(text: string): string {
  const name = asciiOf(text)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return unreserved(cut(name === '' ? 'schema' : name, 120))
}

/** A slug for a connector: `My Company CRM (v2)` → `my_company_crm_v2`. */
export function proposeSlug(title: string): string {
  const words = asciiOf(title)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return cut(words === '' ? 'api' : words, 63)
}

/** Gives every name once: `list`, `list_2`, `list_3`. */
export class UniqueNames {
  readonly #used = new Set<string>()
  readonly #next = new Map<string, number>()
  readonly #max: number

  constructor(max = MAX_NAME) {
    this.#max = max
  }

  has(name: string): boolean {
    return this.#used.has(name)
  }

  take(wanted: string): string {
    if (!this.#used.has(wanted)) {
      this.#used.add(wanted)
      return wanted
    }
    let name = wanted
    let count = this.#next.get(wanted) ?? 2
    while (this.#used.has(name)) {
      const suffix = `_${count++}`
      name = cut(wanted, this.#max - suffix.length) + suffix
    }
    this.#next.set(wanted, count)
    this.#used.add(name)
    return name
  }
}

/** Letters without their accents; other scripts fall away. */
function asciiOf(text: string): string {
  // Nearly every name is plain already, and there are hundreds of thousands in the largest documents.
  if (/^[ -~]*$/.test(text)) return text
  return text.normalize('NFKD').replace(/\p{M}+/gu, '')
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/_+$/, '')
}

const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** What every object inherits must not be a name of ours: `constructor` → `constructor_`. */
function unreserved(name: string): string {
  return inherited.has(name) ? `${name}_` : name
}
