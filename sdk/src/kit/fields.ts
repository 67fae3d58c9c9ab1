declare const secret: unique symbol

/** A secret as a handler sees it: good for `http`, and for nothing else. It prints as `[redacted]`; in unit tests it is the text. */
export interface SecretText {
  readonly [secret]: true
}

export type FieldType = 'string' | 'secret' | 'number' | 'boolean' | 'date' | 'select' | 'raw'

/** One field of a command or of a connection. `Present` tells whether a handler can count on a value. */
export interface Field<Value = unknown, Present extends boolean = boolean> {
  readonly type: FieldType
  readonly required: boolean
  readonly title?: string
  readonly description?: string
  readonly default?: Value
  readonly options?: readonly string[]
  /** Of `raw`: the JSON Schema (draft 2020-12) of the value. */
  readonly schema?: Readonly<Record<string, unknown>>
  /** Only for the compiler. */
  readonly present?: Present
}

export type Fields = Readonly<Record<string, Field>>

type Always<F extends Fields> = { readonly [K in keyof F as F[K] extends Field<unknown, true> ? K : never]: ValueOf<F[K]> }
type Sometimes<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? never : K]?: ValueOf<F[K]> | undefined
}
type ValueOf<F> = F extends Field<infer Value, boolean> ? Value : never
/** What the fields become for a handler: those required or with a default are there, the others may not be. */
export type ValuesOf<F extends Fields> = Always<F> & Sometimes<F>

interface About {
  readonly title?: string
  readonly description?: string
}
interface Options<Value> extends About {
  readonly required?: boolean
  readonly default?: Value
}
type PresentIn<O> = O extends { readonly required: true } ? true : O extends { readonly default: unknown } ? true : false

function field<Value, const O extends Options<Value>>(
  type: FieldType,
  options: O | undefined,
  more: Pick<Field<Value>, 'options'> = {},
): Field<Value, PresentIn<O>> {
  return { type, ...options, ...more, required: options?.required ?? false }
}

type Schema = Readonly<Record<string, unknown>>
/** Any JSON value; `schema` says which. The compiler is told by `t.raw<Shape>()`. */
function raw<Value = unknown>(
  schema: Schema,
  options: Options<Value> & ({ required: true } | { default: Value }),
): Field<Value, true>
function raw<Value = unknown>(schema?: Schema, options?: Options<Value>): Field<Value, false>
function raw<Value>(schema: Schema = {}, options: Options<Value> = {}): Field<Value> {
  return { type: 'raw', ...options, schema, required: options.required ?? false }
}

/** Builders of fields. `{required: true}` makes a call without the field fail with a message that names it. */
export const t = {
  string: <const O extends Options<string> = Options<string>>(options?: O) => field<string, O>('string', options),
  /** Sealed with the connection, never shown again, and taken out of every answer. Only of connections. */
  secret: <const O extends Omit<Options<never>, 'default'> = Omit<Options<never>, 'default'>>(
    options?: O,
  ): Field<SecretText, PresentIn<O>> => ({ type: 'secret', ...options, required: options?.required ?? false }),
  number: <const O extends Options<number> = Options<number>>(options?: O) => field<number, O>('number', options),
  boolean: <const O extends Options<boolean> = Options<boolean>>(options?: O) => field<boolean, O>('boolean', options),
  /** A date such as 2026-11-21, as text. */
  date: <const O extends Options<string> = Options<string>>(options?: O) => field<string, O>('date', options),
  /** One of a list of texts. */
  select: <const Choices extends readonly string[], const O extends Options<Choices[number]> = Options<Choices[number]>>(
    choices: Choices,
    options?: O,
  ) => field<Choices[number], O>('select', options, { options: choices }),
  raw,
}
