import { argumentsIn } from '../../definition/ask/arguments-in.ts'
import { readSentence } from '../../definition/ask/literals.ts'
import { stemOf, wordsOf } from '../../definition/search/words.ts'
import type { FoundTool, ToolView } from '../types.ts'
import type { AskCandidate } from './types.ts'

/** What was chosen, or why nothing was. */
export type Choice =
  | { readonly kind: 'chosen'; readonly tool: ToolView; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unsure'; readonly reason: string; readonly candidates: readonly AskCandidate[] }

/** A match may be so much worse than the best when it has a place for the values of the request, and when there are none. */
const nearBest = { withValues: 0.5, without: 0.95 }
/** It has to be so much better than the next. */
const clearlyBetter = 1.15
/** What a match counts whose values might go elsewhere as well, or fit by their form alone. */
const looseFit = 0.7
const plainFit = 0.9
export const mostCandidates = 5

/** What to search for: a request without its values. */
export const wordsToSearch = (text: string): string => readSentence(text, new Set()).words.trim() || text

/** What the tool itself is called is no name of somebody. */
function ownWords({ name, title, connection }: ToolView): ReadonlySet<string> {
  return new Set([name, title, connection.name, connection.environment].flatMap(wordsOf).map(stemOf))
}

/** Words that stand in descriptions only tell too little of what a tool does. */
const telling = (found: FoundTool) =>
  found.matched.some((match) => match.in.some((place) => place !== 'description' && place !== 'parameters'))

/** The tool that a request means, without a model: the best match that all values of the request fit into. */
export function chooseBySearch(text: string, found: readonly FoundTool[]): Choice {
  const best = found[0]?.score ?? 0
  const read = found.map((hit) => {
    const says = argumentsIn(text, readSentence(text, ownWords(hit.tool)), hit.tool.input_schema)
    const near = best * (Object.keys(says.arguments).length > 0 ? nearBest.withValues : nearBest.without)
    return { hit, ...says, near: hit.score >= near, score: hit.score * (says.fit < 2 ? looseFit : says.fit < 4 ? plainFit : 1) }
  })
  const [first, second] = read
    .filter(({ hit, certain, near }) => certain && near && telling(hit))
    .sort((a, b) => b.score - a.score)
  if (first !== undefined && first.score >= (second?.score ?? 0) * clearlyBetter)
    return { kind: 'chosen', tool: first.hit.tool, arguments: first.arguments }
  const candidates = [...read]
    .sort((a, b) => Number(b.certain) - Number(a.certain))
    .slice(0, mostCandidates)
    .map(({ hit, arguments: args, missing }) => ({ tool: hit.tool, arguments: args, missing }))
  const reason =
    best === 0
      ? 'None of your tools matches. Say it in other words.'
      : first === undefined
        ? 'No tool fits all that you said. Name the values that are missing, or call one of these.'
        : 'Several tools fit. Say which one you mean, or call one of these.'
  return { kind: 'unsure', reason, candidates }
}
