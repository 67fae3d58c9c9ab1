import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema'
import {
  ErrorSchemaBuilder as Builder,
  createErrorHandler,
  type ErrorSchemaBuilder,
  type RJSFSchema,
  type RJSFValidationError,
  unwrapErrorHandler,
  type ValidationData,
  type ValidatorType,
} from '@rjsf/utils'
import { compact } from '../../lib/compact.ts'

/**
 * Checks form data against its schema by walking it. The usual validator of RJSF compiles schemas with `new Function`, which
 * the gateway's content security policy forbids. The gateway checks every input again: where a schema can't be walked here
 * (a pattern that is no JavaScript expression), the form lets it pass.
 */

/** Keywords whose failure only repeats that of a part. */
const containers = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  'patternProperties',
  '$ref',
  'allOf',
  'if',
  'then',
  'else',
  'dependentSchemas',
])

const compiled = new WeakMap<object, Validator>()

function validatorOf(schema: RJSFSchema, root: RJSFSchema | undefined): Validator {
  const known = compiled.get(schema)
  if (known) return known
  // Local references of a part point into the whole. The library writes into the schema, so it gets its own copy.
  const { $defs, definitions } = root ?? {}
  const whole: Schema = structuredClone({ ...compact({ $defs, definitions }), ...schema } as Schema)
  const validator = new Validator(whole, '2020-12', false)
  compiled.set(schema, validator)
  return validator
}

const pathOf = (location: string): string[] =>
  location
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))

function plain({ keyword, error }: OutputUnit): string {
  if (keyword === 'required') return 'Is required.'
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties' || keyword === 'false')
    return 'Is not known to this action.'
  return error
    .replace(
      /^Instance type ".*?" is invalid\. Expected (.*)\.$/,
      (_, expected: string) => `Must be of type ${expected.replaceAll('"', '')}.`,
    )
    .replace(/^Instance does not match any of \[(.*)\]\.$/, 'Must be one of $1.')
    .replace(/^(?:Instance|String|Array|Object) /, 'Must be right: ')
}

function toError(unit: OutputUnit): RJSFValidationError {
  const path = pathOf(unit.instanceLocation)
  const missing = unit.keyword === 'required' ? unit.error.match(/"(.*)"\.$/)?.[1] : undefined
  if (missing !== undefined) path.push(missing)
  const message = plain(unit)
  return {
    name: unit.keyword,
    message,
    property: path.map((part) => `.${part}`).join(''),
    stack: `${path.join('.')} ${message}`,
    params: { path },
  }
}

function check(schema: RJSFSchema, value: unknown, root?: RJSFSchema): RJSFValidationError[] {
  try {
    const { valid, errors } = validatorOf(schema, root).validate(value ?? {})
    return valid ? [] : errors.filter(({ keyword }) => !containers.has(keyword)).map(toError)
  } catch {
    return []
  }
}

/** The errors as the tree that the form shows beside its fields. */
function treeOf(errors: readonly RJSFValidationError[]) {
  const builder: ErrorSchemaBuilder<unknown> = new Builder()
  for (const { message, params } of errors) {
    const path: unknown = params?.path
    if (message) builder.addErrors(message, Array.isArray(path) ? path.map(String) : [])
  }
  return builder.ErrorSchema
}

export const formValidator: ValidatorType<unknown> = {
  isValid: (schema, value, root) => check(schema, value, root).length === 0,
  rawValidation: () => ({ errors: [] }),
  validateFormData(value, schema, customValidate): ValidationData<unknown> {
    const errors = check(schema, value)
    const errorSchema = treeOf(errors)
    if (!customValidate) return { errors, errorSchema }
    return { errors, errorSchema: { ...errorSchema, ...unwrapErrorHandler(customValidate(value, createErrorHandler(value))) } }
  },
}
