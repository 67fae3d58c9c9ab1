import { loginToken, tokenPlace } from '../../definition/login.ts'
import { compilePath } from '../../definition/response-map.ts'
import { unreachable } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { aheadOf, lifetimeOf } from '../oauth/token-answer.ts'
import { field, inHeader } from './fields.ts'
import { type LoggedIn, logIn, loginFieldsOf, nothingIn } from './login.ts'
import type { Scheme, SchemeOf } from './types.ts'

type TwoStep = SchemeOf<'two_step'>

/** A token is renewed so long before its end, in milliseconds. */
const marginMs = 60_000

function tokenIn({ token }: TwoStep, { answer, json }: LoggedIn): Secret {
  const found = 'path' in token ? compilePath(token.path)(json) : answer.headers[token.header.toLowerCase()]
  if (typeof found !== 'string' || found === '') throw nothingIn(answer, 'a token')
  return new Secret(found)
}

/** A login answers a token, which goes with each request. */
export const twoStep: Scheme<TwoStep> = {
  fields: loginFieldsOf,
  label: () => 'Login for a token',
  derived: (_, fields) => (fields[loginToken] === undefined ? [] : [fields[loginToken]]),
  obtainer: (scheme, fields, context) => ({
    marginMs,
    async obtain() {
      const loggedIn = await logIn(scheme, fields, context)
      const { expires, lifetime } = scheme
      const said = expires === undefined ? undefined : compilePath(expires.path)(loggedIn.json)
      return {
        fields: { [loginToken]: tokenIn(scheme, loggedIn) },
        lifetimeMs: lifetimeOf(said, expires?.unit ?? 's', lifetime, aheadOf(loggedIn.answer)),
      }
    },
  }),
  inject(scheme, fields) {
    const { place, name, prefix } = tokenPlace(scheme)
    const value = Secret.concat(prefix, field(fields, loginToken))
    switch (place) {
      case 'header':
        return inHeader(name, value)
      case 'query':
        return { headers: {}, query: { [name]: value } }
      case 'cookie':
        return inHeader('Cookie', Secret.concat(`${name}=`, value))
      default:
        return unreachable(place)
    }
  },
}
