import { type ConnectorContext, compileAction } from './compile-action.ts'
import { follow, parsePathExpression } from './response-map.ts'
import type { CompiledAction, Probe } from './types.ts'
import { type Expect, type Expected, probeName } from './verify.ts'

function meets(found: unknown, expected: Expected): boolean {
  if (typeof expected === 'object' && expected !== null) return (found !== undefined) === expected.exists
  return found === expected
}

/** What is not as it must be, in a sentence; null when all is. Takes the parsed JSON of an answer, undefined when it is none. */
export function unmetOf({ json = {} }: Expect): (body: unknown) => string | null {
  const paths = Object.entries(json).map(([path, expected]) => ({ path, steps: parsePathExpression(path) ?? [], expected }))
  return (body) => {
    const unmet = paths.find(({ steps, expected }) => !meets(follow(body, steps), expected))
    if (unmet === undefined) return null
    const { path, expected } = unmet
    const must =
      typeof expected === 'object' && expected !== null
        ? expected.exists
          ? 'is not in it'
          : 'is in it'
        : `is not ${JSON.stringify(expected)}`
    return `in its answer "${path}" ${must}`
  }
}

/** Compiles what the connector says tells whether a connection works; null when it says nothing. */
export function compileVerify(context: ConnectorContext, actions: ReadonlyMap<string, CompiledAction>): Probe | null {
  const { verify } = context.document
  if (verify === undefined) return null
  if ('action' in verify) {
    const action = actions.get(verify.action)
    return action === undefined ? null : { action, input: verify.input ?? {} }
  }
  const { method = 'GET', path, query = {}, headers = {}, expect = {} } = verify
  const judge = () => {
    const unmet = unmetOf(expect)
    return (status: number, body: unknown) => {
      if (expect.status === undefined ? status < 200 || status >= 300 : !expect.status.includes(status))
        return { by: 'status' } as const
      const says = unmet(body)
      // A probe asks for nothing but whether the credential is good.
      return says === null ? null : ({ by: 'content', code: 'AUTHENTICATION_FAILED', says } as const)
    }
  }
  const title = 'Verify the connection'
  return { action: compileAction(probeName, { title, method, path, query, headers }, context, judge), input: {} }
}
