import { SallyportError } from '../../errors.ts'
import type { Position, SourceProblem } from './source.ts'

type Locate = (path: readonly string[]) => Position | undefined
const pathOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Throws INVALID_INPUT whose detail names the first problem and its line, and whose diagnostics list all. */
export function refuse(problems: readonly SourceProblem[], locate: Locate, what = 'connector'): never {
  const errors = problems.map((problem) => ({ ...locate(pathOf(problem.path)), ...problem }))
  const [first] = errors
  const line = first?.line === undefined ? '' : `Line ${first.line}: `
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const sentence = (first?.message ?? `The ${what} file is not valid`).replace(/[.?]$/, (mark) => (mark === '?' ? mark : ''))
  throw new SallyportError('INVALID_INPUT', {
    detail: `${line}${sentence}${more}${sentence.endsWith('?') && more === '' ? '' : '.'}`,
    diagnostics: { errors },
  })
}
