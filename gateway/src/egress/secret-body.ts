import { reveal, Secret } from '../secret.ts'

export type SecretFields = Readonly<Record<string, string | Secret>>

const plain = (value: string | Secret) => (Secret.is(value) ? reveal(value) : value)

/** A body of the type application/x-www-form-urlencoded. */
export function formBody(fields: SecretFields): Secret {
  return new Secret(
    new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, plain(value)])).toString(),
  )
}

/** A body of the type application/json: one object of texts. */
export function jsonBody(fields: SecretFields): Secret {
  return new Secret(JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]))))
}

/** The credentials of a client in HTTP Basic, each form-encoded (RFC 6749, section 2.3.1). */
export function clientBasic(id: string, secret: Secret): Secret {
  const encode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2)
  return Secret.concat('Basic ', Secret.base64(new Secret(`${encode(id)}:${encode(reveal(secret))}`)))
}
