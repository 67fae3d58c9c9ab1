import { isRecord, type Json, own, type Spec } from './spec.ts'

/** Which way values travel: an input never has to bring what the API sets itself, an answer never what it keeps to itself. */
export type Direction = 'input' | 'output'

const marks = { input: 'readOnly', output: 'writeOnly' } as const

/** Which schemas differ between the two directions, found along their references as far as they are asked for. */
export class Directions {
  readonly #spec: Spec
  readonly #differing = new Map<string, boolean>()

  constructor(spec: Spec) {
    this.#spec = spec
  }

  /** Whether a property does not travel this way: readOnly in an input, writeOnly in an answer. */
  isHidden(name: string, owners: readonly Json[], direction: Direction): boolean {
    const mark = marks[direction]
    if (!this.#spec.marks[mark]) return false
    const property = owners.map((owner) => this.#property(owner, name, 0)).find((found) => found !== undefined)
    return isRecord(property) && isMarked(this.#spec, property, mark)
  }

  #property(schema: Json, name: string, depth: number): unknown {
    const found = isRecord(schema.properties) ? own(schema.properties, name) : undefined
    if (found !== undefined || !Array.isArray(schema.allOf) || depth > 8) return found
    for (const part of schema.allOf) {
      const target = this.#spec.follow(part, '').value
      const inner = isRecord(target) ? this.#property(target, name, depth + 1) : undefined
      if (inner !== undefined) return inner
    }
    return undefined
  }

  /** Whether a schema, or one it reaches, requires what does not travel this way: then each direction has its own copy. */
  differs(at: string, value: unknown, direction: Direction): boolean {
    if (!this.#spec.marks[marks[direction]]) return false
    const known = this.#differing.get(`${direction} ${at}`)
    if (known !== undefined) return known
    const reached = new Map<string, unknown>([[at, value]])
    let found = false
    for (const [place, schema] of reached) {
      found = this.#differing.get(`${direction} ${place}`) ?? this.#scan(schema, direction, reached, [])
      if (found) break
    }
    if (found) this.#differing.set(`${direction} ${at}`, true)
    else for (const place of reached.keys()) this.#differing.set(`${direction} ${place}`, false)
    return found
  }

  /** Whether anything in this value itself requires what does not travel; adds the places it refers to. */
  #scan(value: unknown, direction: Direction, reached: Map<string, unknown>, outer: readonly Json[]): boolean {
    if (typeof value !== 'object' || value === null) return false
    if (Array.isArray(value)) return value.some((item) => this.#scan(item, direction, reached, outer))
    const schema = value as Json
    if (typeof schema.$ref === 'string') {
      const target = this.#spec.resolve(schema.$ref)
      if (target.lost === undefined && !reached.has(target.at)) reached.set(target.at, target.value)
    }
    const owners = [schema, ...outer]
    if (
      Array.isArray(schema.required) &&
      schema.required.some((name) => typeof name === 'string' && this.isHidden(name, owners, direction))
    )
      return true
    for (const key in schema) if (this.#scan(schema[key], direction, reached, key === 'allOf' ? owners : [])) return true
    return false
  }
}

/** Whether a schema, or what it refers to, is readOnly or writeOnly. */
export function isMarked(spec: Spec, schema: unknown, mark: 'readOnly' | 'writeOnly'): boolean {
  if (isRecord(schema) && schema[mark] === true) return true
  const target = spec.follow(schema, '').value
  return isRecord(target) && target[mark] === true
}
