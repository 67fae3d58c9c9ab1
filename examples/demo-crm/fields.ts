import { type CustomerFields, plans } from './customers.ts'

/** A request that the API refuses; the message goes into the answer. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

type Json = Readonly<Record<string, unknown>>

export function asObject(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw new BadRequest('The body must be a JSON object.')
}

export function text(body: Json, name: string, limit = 200): string {
  const value = body[name]
  if (typeof value === 'string' && value.trim() !== '' && value.length <= limit) return value
  throw new BadRequest(`"${name}" must be a text of 1 to ${limit} characters.`)
}

export function whole(value: unknown, name: string, [least, most]: readonly [number, number], fallback: number): number {
  if (value === undefined || value === null) return fallback
  const number = Number(value)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new BadRequest(`"${name}" must be a whole number from ${least} to ${most}.`)
}

function plan(body: Json): CustomerFields['plan'] {
  const found = plans.find((candidate) => candidate === body.plan)
  if (found !== undefined) return found
  throw new BadRequest(`"plan" must be one of ${plans.join(', ')}.`)
}

const readers: { readonly [Name in keyof CustomerFields]: (body: Json) => CustomerFields[Name] } = {
  name: (body) => text(body, 'name'),
  company: (body) => text(body, 'company'),
  email: (body) => text(body, 'email'),
  city: (body) => text(body, 'city'),
  country: (body) => text(body, 'country', 2),
  plan,
  monthly_revenue: (body) => whole(body.monthly_revenue, 'monthly_revenue', [0, 1_000_000], 0),
}

/** A new customer: name, company and email are needed, the rest has defaults. */
export function newCustomer(value: unknown): CustomerFields {
  const body: Json = { city: 'Unknown', country: 'XX', plan: 'starter', ...asObject(value) }
  return {
    name: readers.name(body),
    company: readers.company(body),
    email: readers.email(body),
    city: readers.city(body),
    country: readers.country(body),
    plan: readers.plan(body),
    monthly_revenue: readers.monthly_revenue(body),
  }
}

/** Only the fields that the body names. */
export function changedFields(value: unknown): Partial<CustomerFields> {
  const body = asObject(value)
  const named = Object.entries(readers).filter(([name]) => name in body)
  if (named.length === 0) throw new BadRequest(`Name at least one of ${Object.keys(readers).join(', ')}.`)
  return Object.fromEntries(named.map(([name, read]) => [name, read(body)]))
}
