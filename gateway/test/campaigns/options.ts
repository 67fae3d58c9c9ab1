import { parseArgs } from 'node:util'

/** Numbers from the command line, such as `--rounds 30`; a campaign knows its own names. */
export function numbersFrom<Name extends string>(defaults: Readonly<Record<Name, number>>): Record<Name, number> {
  const names = Object.keys(defaults) as Name[]
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const))
  const { values } = parseArgs({ options: options as Record<string, { type: 'string' }> })
  const given = Object.entries(values).map(([name, value]) => {
    const number = Number(value)
    if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} must be a number, not ${String(value)}`)
    return [name, number]
  })
  return { ...defaults, ...Object.fromEntries(given) }
}

/** Numbers from 0 to 1 that a seed repeats: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
