const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function isUnit(text: string): text is keyof typeof units {
  return Object.hasOwn(units, text)
}

/** Milliseconds of `90s` or `3d`; null for what is none. */
export function durationMs(text: string): number | null {
  const [, number, unit] = /^(\d{1,7})(ms|s|m|h|d)$/.exec(text) ?? []
  return number === undefined || unit === undefined || !isUnit(unit) ? null : Number(number) * units[unit]
}
