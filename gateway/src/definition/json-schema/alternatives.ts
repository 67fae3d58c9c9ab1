import { type Check, type Finding, fail, listOptions, maxProblems, type Seen, type Sink } from './problems.ts'

/** Evaluates one alternative; what it has looked at counts only when it holds. */
function holds(check: Check, value: unknown, sink: Sink, seen: Seen): boolean {
  if (seen === null) return check(value, sink, null)
  const own: Seen = new Set()
  if (!check(value, sink, own)) return false
  for (const key of own) seen.add(key)
  return true
}

const missesType = (findings: readonly Finding[]) =>
  findings.some(({ path, expected }) => path.length === 0 && expected?.kind === 'type')
/** A wrong constant at the top or one level down: the tag by which alternatives are usually told apart. */
const wrongTag = (findings: readonly Finding[]) =>
  findings.find(({ path, expected }) => path.length <= 1 && expected?.kind === 'value')

/** Says what would be right, from what each alternative found: the alternative that was meant, or all of them in a sentence. */
function explain(tried: readonly Finding[][], sink: Finding[]): void {
  const sameType = tried.filter((findings) => !missesType(findings))
  if (sameType.length === 0) {
    const types = new Set(
      tried.flatMap((findings) => findings.flatMap(({ expected }) => (expected?.kind === 'type' ? expected.options : []))),
    )
    fail(sink, `must be ${listOptions([...types])}`, [], { kind: 'type', options: [...types] })
    return
  }
  const meant = sameType.filter((findings) => wrongTag(findings) === undefined).sort((a, b) => a.length - b.length)
  const best = meant[0] ?? (sameType.length === 1 ? sameType[0] : undefined)
  if (best !== undefined) {
    sink.push(...best.slice(0, Math.max(0, maxProblems - sink.length)))
    return
  }
  const tags = sameType.flatMap((findings) => wrongTag(findings) ?? [])
  const path = tags[0]?.path ?? []
  const sameTag = tags.every((tag) => tag.path.length === path.length && tag.path[0] === path[0])
  const options = [...new Set(tags.flatMap((tag) => tag.expected?.options ?? []))]
  if (sameTag)
    fail(sink, `must be ${options.length > 1 ? 'one of ' : ''}${listOptions(options)}`, [...path], { kind: 'value', options })
  else fail(sink, 'matches none of the permitted forms')
}

export function anyOfCheck(checks: readonly Check[]): Check {
  return (value, sink, seen) => {
    let valid = false
    const tried: Finding[][] = []
    for (const check of checks) {
      const findings: Sink = sink === null ? null : []
      if (holds(check, value, findings, seen)) {
        valid = true
        // With annotations wanted, every alternative that holds must be heard.
        if (seen === null) return true
      } else if (findings !== null) {
        tried.push(findings)
      }
    }
    if (!valid && sink !== null) explain(tried, sink)
    return valid
  }
}

export function oneOfCheck(checks: readonly Check[]): Check {
  return (value, sink, seen) => {
    let matches = 0
    const tried: Finding[][] = []
    for (const check of checks) {
      const findings: Sink = sink === null ? null : []
      if (!holds(check, value, findings, seen)) {
        if (findings !== null) tried.push(findings)
      } else if (++matches > 1) {
        return fail(sink, 'matches more than one of the permitted forms, and must match exactly one')
      }
    }
    if (matches === 0 && sink !== null) explain(tried, sink)
    return matches === 1
  }
}

export function allOfCheck(checks: readonly Check[]): Check {
  return (value, sink, seen) => {
    let valid = true
    for (const check of checks) {
      if (check(value, sink, seen)) continue
      valid = false
      if (sink === null) return false
    }
    return valid
  }
}

export function notCheck(check: Check): Check {
  // "not" gives no annotations, but unevaluated keywords inside it start their own.
  return (value, sink) => !check(value, null, null) || fail(sink, 'has a form that is not permitted')
}

export function ifCheck(condition: Check, then: Check | undefined, otherwise: Check | undefined): Check {
  return (value, sink, seen) => (holds(condition, value, null, seen) ? then : otherwise)?.(value, sink, seen) ?? true
}
