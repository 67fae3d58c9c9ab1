import { listOf, recordOf } from '../draft.ts'
import { isSecretName, looksSecret } from '../requests/credentials.ts'
import { isRecord } from '../spec.ts'

/** Variables in variables, resolved so many times. */
const MAX_ROUNDS = 5
const MAX_TEXT = 1024 * 1024

/** An environment of Postman: what its variables are called and, where that is no secret, what they are. */
export interface Environment {
  readonly name: string
  readonly variables: ReadonlyMap<string, string>
}

/** The variables of a collection or an environment; values that are or look like secrets are not kept. */
export function variablesOf(list: unknown): Map<string, string> {
  const variables = new Map<string, string>()
  for (const entry of listOf(list)) {
    const { key, id, value, type, enabled, disabled } = recordOf(entry)
    const name = typeof key === 'string' ? key : id
    if (typeof name !== 'string' || enabled === false || disabled === true) continue
    const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
    const isSecret = type === 'secret' || isSecretName(name) || looksSecret(text)
    variables.set(name, isSecret || text.length > 2000 ? '' : text)
  }
  return variables
}

/** An environment file; undefined when it is none. */
export function environmentOf(value: unknown): Environment | undefined {
  if (!isRecord(value) || !Array.isArray(value.values) || Array.isArray(value.item)) return undefined
  return { name: typeof value.name === 'string' ? value.name : 'environment', variables: variablesOf(value.values) }
}

/** A text with its variables filled in; `unknown` says what stands for those without a value. */
export function resolved(
  text: string,
  variables: ReadonlyMap<string, string>,
  unknown: (name: string, index: number) => string,
): string {
  let current = text
  for (let round = 0; round < MAX_ROUNDS && current.includes('{{') && current.length < MAX_TEXT; round++) {
    const before = current
    let left = MAX_TEXT
    current = current.replace(/\{\{\s*([^{}]{1,200}?)\s*\}\}/g, (whole, name: string) => {
      const value = variables.get(name) ?? ''
      left -= value.length
      return value === '' || left < 0 ? whole : value
    })
    if (current === before) break
  }
  return current.replace(/\{\{\s*([^{}]{1,200}?)\s*\}\}/g, (_, name: string, index: number) => unknown(name, index))
}

/** The variable that is a whole text. */
export function onlyVariable(text: string): string | undefined {
  return /^\s*\{\{\s*([^{}]{1,200}?)\s*\}\}\s*$/.exec(text)?.[1]
}
