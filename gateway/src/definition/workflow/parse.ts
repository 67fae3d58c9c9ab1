import { isObject } from '../json-schema/keywords.ts'
import { readablePath, toPointer } from '../json-schema/problems.ts'
import { schemaCompiler, type Validate } from '../json-schema/validator.ts'
import { plainProblem } from '../parse/plain.ts'
import { refuse } from '../parse/refuse.ts'
import { readText } from '../parse/source.ts'
import type { SchemaProblem } from '../types.ts'
import { checkWorkflow } from './check.ts'
import { type WorkflowDocument, workflowJsonSchema } from './document.ts'

let validate: Validate | undefined

function isValid(value: unknown, problems: readonly SchemaProblem[]): value is WorkflowDocument {
  return problems.length === 0
}

/**
 * A workflow file from outside: an object, or YAML or JSON text. Beyond its schema, everything it refers to must exist by then,
 * and nothing is set twice. Throws INVALID_INPUT whose detail names the first problem, its line and the fix, and whose
 * diagnostics list up to 20.
 */
export function parseWorkflow(source: unknown): WorkflowDocument {
  const read = typeof source === 'string' ? readText(source) : { ok: true as const, value: source, locate: () => undefined }
  if (!read.ok) return refuse(read.problems, () => undefined, 'workflow')
  const { value, locate } = read
  if (!isObject(value))
    return refuse([{ path: '', message: 'A workflow file is an object with the keys workflow, name and steps.' }], locate)
  const plain = plainProblem(value)
  if (plain !== null)
    return refuse([{ path: toPointer(plain.path), message: `${readablePath(plain.path)} ${plain.text}` }], locate)
  validate ??= schemaCompiler({}, { formats: false }).compile(workflowJsonSchema())
  const problems = validate(value)
  if (!isValid(value, problems)) return refuse(problems, locate, 'workflow')
  const { problems: meaning } = checkWorkflow(value)
  return meaning.length === 0 ? value : refuse(meaning, locate, 'workflow')
}
