import { Secret } from '../../secret.ts'
import { logIn, loginFieldsOf, nothingIn } from './login.ts'
import { isPage, loginPageOf } from './login-page.ts'
import type { CredentialFields, Scheme, SchemeOf } from './types.ts'

type Session = SchemeOf<'session'>

/** What is kept of a login has names that no entered field can have. */
const prefix = 'cookie:'
const cookiesOf = (fields: CredentialFields) => Object.entries(fields).filter(([name]) => name.startsWith(prefix))

/** Name and value of each cookie that the answer sets; one that it takes away has no value. */
function cookiesIn(setCookie: string | undefined): readonly (readonly [string, string])[] {
  return (setCookie ?? '').split('\n').flatMap((line) => {
    const [, name, value] = /^\s*([^=;\s]+)=([^;]+)/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, value.trim()] as const]
  })
}

/** A login answers cookies, which go with each request. */
export const session: Scheme<Session> = {
  fields: loginFieldsOf,
  label: () => 'Login for a session',
  derived: (_, fields) => cookiesOf(fields).map(([, value]) => value),
  obtainer: (scheme, fields, context) => ({
    marginMs: 0,
    async obtain() {
      const { answer } = await logIn(scheme, fields, context)
      const { location } = answer.headers
      const page = loginPageOf(scheme, context.connector, context.settings)
      if (location !== undefined && answer.status >= 300 && isPage(page, location, answer.url))
        throw nothingIn(answer, 'anything but the login page')
      const { cookies: wanted, lifetime } = scheme
      const kept = cookiesIn(answer.headers['set-cookie']).filter(([name]) => wanted?.includes(name) ?? true)
      if (kept.length === 0 || wanted?.some((name) => !kept.some(([found]) => found === name)))
        throw nothingIn(answer, `the cookie${wanted === undefined ? '' : ` ${wanted.join(', ')}`}`)
      return {
        fields: Object.fromEntries(kept.map(([name, value]) => [prefix + name, new Secret(value)])),
        lifetimeMs: lifetime === undefined ? null : lifetime * 1000,
      }
    },
  }),
  inject(_, fields) {
    const pairs = cookiesOf(fields).flatMap(([name, value], index) => [
      `${index === 0 ? '' : '; '}${name.slice(prefix.length)}=`,
      value,
    ])
    return { headers: { Cookie: Secret.concat(...pairs) }, query: {} }
  },
}
