import { maxProblems, readablePath, toPointer } from '../json-schema/problems.ts'
import { nearest } from '../nearest.ts'
import type { SchemaProblem } from '../types.ts'

export type Path = readonly (string | number)[]

/** Collects what is wrong with a document, at most 20 things. */
export class Issues {
  readonly problems: SchemaProblem[] = []

  get full(): boolean {
    return this.problems.length >= maxProblems
  }

  /** `text` goes on after the path: "must be …". */
  add(path: Path, text: string): void {
    if (!this.full) this.problems.push({ path: toPointer(path), message: `${readablePath(path)} ${text}` })
  }
}

/** `; did you mean "x"?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const meant = nearest(name, candidates)
  return meant === undefined ? '' : `; did you mean "${meant}"?`
}

/** `; there are a, b`, or that there are none: for references to something named. */
export function orKnown(name: string, known: readonly string[]): string {
  const meant = suggestion(name, known)
  if (meant !== '') return meant
  return known.length === 0 ? '; none is declared' : known.length > 10 ? '' : `; declared: ${known.join(', ')}`
}
