/** What a benchmark found, by name; names end in their unit, ratios in `_ratio`. */
export type Figures = Readonly<Record<string, number | boolean>>

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
