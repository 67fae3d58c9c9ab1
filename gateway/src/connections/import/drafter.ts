import type { Clock } from '../../clock.ts'
import { type Documentation, questionOf } from '../../definition/import/discovery/drafting.ts'
import { toSallyportError } from '../../errors.ts'
import type { LanguageModel } from '../../language-model/types.ts'
import { sha256 } from '../../vault/digest.ts'
import { Cache } from '../cache.ts'

/** A list of 200 endpoints in few words. */
const maxOutputTokens = 8192

/** What a model wrote of documentation, or why there is nothing. */
export type Draft = { readonly answer: string } | { readonly why: string }
export type Drafter = (documentation: Documentation) => Promise<Draft>

/**
 * For the imports of a workspace: asks the language model for the endpoints in documentation; undefined without a model. An answer
 * is kept for an hour, so that what is created is what was looked at before.
 */
export function createDrafters(model: LanguageModel | null, clock: Clock): (workspaceId: string) => Drafter | undefined {
  const answers = new Cache<string>({ max: 100, ttlMs: 3_600_000, clock })
  return (workspaceId) => {
    if (model === null) return undefined
    return async (documentation) => {
      const { system, text } = questionOf(documentation)
      const key = `${workspaceId} ${sha256(text).toString('base64')}`
      const known = answers.get(key)
      if (known !== undefined) return { answer: known }
      try {
        const messages = [{ role: 'user' as const, text }]
        const { text: answer } = await model.generate({ workspaceId, system, messages, maxOutputTokens })
        answers.set(key, answer)
        return { answer }
      } catch (error) {
        // An import goes on without a model.
        return { why: toSallyportError(error).detail }
      }
    }
  }
}
