const dayMs = 86_400_000

/** How long a token counts, in days; empty until it is revoked. */
export const lifetimes = [
  { value: '', label: 'until revoked' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
] as const
export type Lifetime = (typeof lifetimes)[number]['value']

/** When a token ends that is made now. */
export const endOf = (days: Exclude<Lifetime, ''>) => new Date(Date.now() + Number(days) * dayMs).toISOString()
