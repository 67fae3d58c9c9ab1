import { parsePathExpression } from '../response-map.ts'
import { type ConnectorFacts, checkRequest } from './check-action.ts'
import { type Issues, orKnown } from './issues.ts'

const at = ['verify']

/** A probe is a read like any other, of this connector's own server, that nobody gives an input to. */
export function checkVerify(facts: ConnectorFacts, issues: Issues): void {
  const { verify, actions, kind = 'http' } = facts.document
  if (verify === undefined) return
  if ('action' in verify) {
    if (!Object.hasOwn(actions, verify.action))
      issues.add([...at, 'action'], `names "${verify.action}", which is no action${orKnown(verify.action, Object.keys(actions))}`)
    return
  }
  if (kind !== 'http') issues.add([...at, 'path'], `is for connectors of kind http; name an action of this one, of kind ${kind}`)
  const { expect = {}, method = 'GET', path, query = {}, headers = {} } = verify
  checkRequest({ method, path, query, headers, input: { type: 'object', properties: {} } }, at, facts, issues)
  if (method === 'HEAD' && expect.json !== undefined) issues.add([...at, 'expect', 'json'], 'is for GET: a HEAD has no answer')
  for (const name of Object.keys(expect.json ?? {}))
    if (parsePathExpression(name) === null)
      issues.add([...at, 'expect', 'json', name], 'must be a path such as data.items[0].name or items[].id')
  expect.status?.forEach((status, index) => {
    if (status === 401) issues.add([...at, 'expect', 'status', index], 'must not be 401: it says that the credential is refused')
  })
}
