/** A value over time, in any unit. */
export interface Point {
  /** Minutes. */
  readonly at: number
  readonly value: number
}

/** The straight line through points by least squares; a slope of 0 for fewer than two. */
export function line(points: readonly Point[]): { readonly perMinute: number; readonly mean: number } {
  const count = points.length
  const mean = points.reduce((sum, { value }) => sum + value, 0) / Math.max(1, count)
  const middle = points.reduce((sum, { at }) => sum + at, 0) / Math.max(1, count)
  const spread = points.reduce((sum, { at }) => sum + (at - middle) ** 2, 0)
  const together = points.reduce((sum, { at, value }) => sum + (at - middle) * (value - mean), 0)
  return { perMinute: spread === 0 ? 0 : together / spread, mean }
}

/** The lowest value of each stretch of time: what is left when garbage has been collected. */
export function lows(points: readonly Point[], minutes: number): readonly Point[] {
  const lowest = new Map<number, Point>()
  for (const point of points) {
    const stretch = Math.floor(point.at / minutes)
    const known = lowest.get(stretch)
    if (known === undefined || point.value < known.value) lowest.set(stretch, point)
  }
  return [...lowest.values()]
}
