/** A map whose values are made on first use and kept. Names are cheap to list; walking the values makes them all. */
export class LazyMap<V> implements ReadonlyMap<string, V> {
  readonly #names: readonly string[]
  readonly #known: ReadonlySet<string>
  readonly #make: (name: string) => V
  readonly #made = new Map<string, V>()

  constructor(names: readonly string[], make: (name: string) => V) {
    this.#names = names
    this.#known = new Set(names)
    this.#make = make
  }

  get size(): number {
    return this.#names.length
  }

  has(name: string): boolean {
    return this.#known.has(name)
  }

  get(name: string): V | undefined {
    let value = this.#made.get(name)
    if (value === undefined && this.#known.has(name)) {
      value = this.#make(name)
      this.#made.set(name, value)
    }
    return value
  }

  keys(): MapIterator<string> {
    return this.#names.values()
  }

  *entries(): MapIterator<[string, V]> {
    for (const name of this.#names) {
      const value = this.get(name)
      if (value !== undefined) yield [name, value]
    }
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries()
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [name, value] of this.entries()) callback(value, name, this)
  }
}
