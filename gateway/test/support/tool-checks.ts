import { type Schema, Validator } from '@cfworker/json-schema'
import { compileConnector } from '../../src/definition/compile.ts'
import type { ConnectorDocument } from '../../src/definition/document.ts'
import { compileInput, compileOutput } from '../../src/definition/tool/compile.ts'
import { type ToolFormat, toolFormats } from '../../src/definition/tool/family.ts'
import { lintTool } from '../../src/definition/tool/lint.ts'
import { type Back, restore } from '../../src/definition/tool/restore.ts'
import { trimText } from '../../src/definition/tool/text.ts'
import type { CompiledAction } from '../../src/definition/types.ts'
import { sampleOf } from './schema-sample.ts'

type Json = Record<string, unknown>
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const count = { type: 'integer', minimum: 0 }
const typeName = { enum: ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] }
const schemaRef = { $ref: '#' }
/** The JSON Schema of JSON Schemas (2020-12), for the keywords that tools may have. */
const metaschema = new Validator(
  {
    type: 'object',
    properties: {
      type: { anyOf: [typeName, { type: 'array', items: typeName, minItems: 1, uniqueItems: true }] },
      description: { type: 'string' },
      properties: { type: 'object', additionalProperties: schemaRef },
      required: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      additionalProperties: { anyOf: [{ const: false }, schemaRef] },
      items: schemaRef,
      enum: { type: 'array', minItems: 1, uniqueItems: true },
      anyOf: { type: 'array', minItems: 1, items: schemaRef },
      minimum: { type: 'number' },
      maximum: { type: 'number' },
      minLength: count,
      maxLength: count,
      minItems: count,
      maxItems: count,
      pattern: { type: 'string', format: 'regex' },
      format: { type: 'string' },
      default: true,
    },
    additionalProperties: false,
  } as Schema,
  '2020-12',
)

const validators = new WeakMap<object, Validator>()
function accepts(schema: object, value: unknown): boolean {
  let validator = validators.get(schema)
  if (validator === undefined) {
    // Formats bind nobody here: the gateway's own check does not refuse a value for its format either.
    const bare: unknown = JSON.parse(JSON.stringify(schema), (key, value) =>
      key === 'format' && typeof value === 'string' ? undefined : value,
    )
    validator = new Validator(bare as Schema, '2020-12')
    validators.set(schema, validator)
  }
  return validator.validate(value).valid
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : 'any')

/** The way there: a value of the action as a compiled schema takes it. `restore` is the way back. */
export function present(value: unknown, back: Back): unknown {
  if (back === null || value === undefined) return value
  switch (back.kind) {
    case 'text':
      if (value === null) return null
      return back.of.includes('any') || back.of.includes(kindOf(value)) ? JSON.stringify(value) : value
    case 'list':
      return Array.isArray(value) ? value.map((item) => present(item, back.items)) : value
    case 'choice': {
      for (const option of back.options) {
        const shown = present(value, option.back)
        if (accepts(option.schema, shown)) return shown
      }
      return value
    }
    case 'object': {
      if (!isRecord(value)) return value
      const byName = new Map([...back.fields].map(([shown, field]) => [field.name, { shown, field }]))
      const entries: [string, unknown][] = []
      const further: [string, unknown][] = []
      for (const [name, item] of Object.entries(value)) {
        const known = byName.get(name)
        if (known !== undefined) entries.push([known.shown, present(item, known.field.back)])
        else if (back.rest !== null) further.push([name, item])
        else entries.push([name, present(item, back.values)])
      }
      for (const [shown, field] of back.fields) {
        if (field.nullIsAbsent && !Object.hasOwn(value, field.name)) entries.push([shown, null])
      }
      if (back.rest !== null) entries.push([back.rest, JSON.stringify(Object.fromEntries(further))])
      return Object.fromEntries(entries)
    }
  }
}

export interface ToolFindings {
  tools: number
  /** Inputs that went there and back in every family. */
  roundTrips: number
  /** Bytes of the largest compiled schema. */
  largest: number
  milliseconds: number
  readonly problems: string[]
}

function checkTool(
  action: CompiledAction,
  format: ToolFormat,
  sample: unknown,
  findings: ToolFindings,
  say: (problem: string) => void,
) {
  const started = performance.now()
  const { schema, back } = compileInput(action.inputSource(), format)
  findings.milliseconds += performance.now() - started
  findings.tools += 1
  findings.largest = Math.max(findings.largest, Buffer.byteLength(JSON.stringify(schema)))
  const description = trimText(action.description, 1000) || action.name
  for (const problem of lintTool({ name: 'tool', description, schema }, format)) say(`${format}: ${problem}`)
  const meta = metaschema.validate(schema)
  if (!meta.valid) say(`${format}: is no JSON Schema: ${JSON.stringify(meta.errors[0])}`)
  if (sample === undefined) return
  const shown = present(sample, back)
  if (!accepts(schema, shown))
    say(`${format}: refuses ${JSON.stringify(shown).slice(0, 300)} for ${JSON.stringify(schema).slice(0, 300)}`)
  const returned = restore(shown, back)
  if (JSON.stringify(sorted(returned)) !== JSON.stringify(sorted(sample))) {
    say(`${format}: ${JSON.stringify(sample).slice(0, 300)} came back as ${JSON.stringify(returned).slice(0, 300)}`)
  } else findings.roundTrips += 1
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  )
}

/** A value that the action's own check accepts; undefined when none could be made. */
function sampleInput(action: CompiledAction): unknown {
  try {
    const sample: unknown = JSON.parse(JSON.stringify(sampleOf(action.inputSchema())))
    return action.checkInput(sample).length === 0 ? sample : undefined
  } catch {
    return undefined
  }
}

/**
 * Compiles every action of a document for every family: each tool passes the family's lint and is a JSON Schema; a valid input
 * is one of the compiled schema and comes back as it was; an answer that the document allows passes the output schema.
 */
export function checkTools(document: ConnectorDocument, findings: ToolFindings, limit = Number.POSITIVE_INFINITY): void {
  let left = limit
  for (const action of compileConnector(document, '1.0.0').actions.values()) {
    if (left-- <= 0) return
    const say = (problem: string) => findings.problems.push(`${document.connector} ${action.name}: ${problem}`)
    const sample = sampleInput(action)
    for (const format of toolFormats) checkTool(action, format, sample, findings, say)
    const source = action.outputSource()
    const output = source === null ? null : compileOutput(source)
    if (output === null) continue
    try {
      const answer: unknown = JSON.parse(JSON.stringify(sampleOf((action.outputSchema() ?? {}) as Json)))
      if (action.checkOutput(answer).length === 0 && !accepts(output, answer)) {
        say(`output: refuses ${JSON.stringify(answer).slice(0, 300)}`)
      }
    } catch {
      // No sample could be made.
    }
  }
}

export const noFindings = (): ToolFindings => ({ tools: 0, roundTrips: 0, largest: 0, milliseconds: 0, problems: [] })
