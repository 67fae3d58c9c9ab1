import { Type } from 'typebox'

/** Auth schemes that sign each request. */

const closed = { additionalProperties: false } as const
const note = Type.Optional(Type.String())
const clientCertificate = Type.Optional(
  Type.Boolean({ default: false, description: 'The API wants a client certificate (mTLS) besides.' }),
)

export const OAuth1Scheme = Type.Object(
  {
    type: Type.Literal('oauth1', { description: 'OAuth 1.0a (RFC 5849).' }),
    signature_method: Type.Optional(
      Type.Enum(['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'], {
        default: 'HMAC-SHA1',
        description: 'RSA-SHA1 asks for a private key, the others for a consumer secret.',
      }),
    ),
    in: Type.Optional(
      Type.Enum(['header', 'query'], {
        default: 'header',
        description: 'Where the oauth_ parameters stand: Authorization or the query.',
      }),
    ),
    send_version: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether oauth_version goes along, which RFC 5849 leaves open.' }),
    ),
    realm: Type.Optional(
      Type.String({ description: 'realm of the Authorization header; {{settings.name}} stands for a setting.' }),
    ),
    client_certificate: clientCertificate,
    description: note,
  },
  closed,
)

export const AwsSigV4Scheme = Type.Object(
  {
    type: Type.Literal('aws_sigv4', { description: 'AWS Signature Version 4, as AWS and compatible services want it.' }),
    service: Type.String({ minLength: 1, description: 'Such as execute-api or s3.' }),
    region: Type.String({
      minLength: 1,
      description: 'Such as eu-central-1, or {{settings.region}} where the connection says it.',
    }),
    client_certificate: clientCertificate,
    description: note,
  },
  closed,
)

export const DigestScheme = Type.Object(
  {
    type: Type.Literal('digest', { description: 'HTTP Digest (RFC 7616) with SHA-256 or MD5: the password never leaves.' }),
    client_certificate: clientCertificate,
    description: note,
  },
  closed,
)

const hashes = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const
const Template = Type.String({ maxLength: 2_000 })

export const HmacScheme = Type.Object(
  {
    type: Type.Literal('hmac', { description: 'A signature over parts of the request, made with a shared secret.' }),
    algorithm: Type.Optional(Type.Enum(hashes, { default: 'sha256' })),
    encoding: Type.Optional(Type.Enum(['hex', 'base64', 'base64url'], { default: 'hex', description: 'Of the signature.' })),
    secret_encoding: Type.Optional(
      Type.Enum(['utf8', 'hex', 'base64'], {
        default: 'utf8',
        description: 'How the entered secret stands for the bytes of the key.',
      }),
    ),
    message: Type.String({
      minLength: 1,
      maxLength: 2_000,
      description:
        'What is signed: text with {{method}}, {{url}}, {{host}}, {{path}}, {{query}} (as sent, without "?"), {{path_query}}, {{body}}, {{body_hash}}, {{timestamp}}, {{nonce}}, {{settings.name}} and the fields of the credential. "\\n" is a line break.',
    }),
    timestamp: Type.Optional(
      Type.Enum(['unix', 'unix_ms', 'iso', 'http_date'], {
        default: 'unix',
        description:
          'How {{timestamp}} is written: seconds or milliseconds since 1970, 2026-01-31T12:00:00.000Z, or as the Date header.',
      }),
    ),
    body_hash: Type.Optional(
      Type.Object(
        {
          algorithm: Type.Optional(Type.Enum(hashes, { default: 'sha256' })),
          encoding: Type.Optional(
            Type.Enum(['hex', 'base64', 'base64url', 'raw'], {
              default: 'hex',
              description: 'raw: the bytes, in the message only.',
            }),
          ),
          of: Type.Optional(Type.String({ maxLength: 2_000, default: '{{body}}', description: 'What is hashed.' })),
        },
        { ...closed, description: 'What {{body_hash}} is. Default: SHA-256 of the body in hex.' },
      ),
    ),
    fields: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ title: note, secret: Type.Optional(Type.Boolean({ default: true })), description: note }, closed),
        {
          propertyNames: { pattern: '^[a-z][a-z0-9_]{0,62}$' },
          description: 'What is asked for besides "secret", the key of the signature. Default: {key}.',
        },
      ),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Template, {
        description: 'What is sent, e.g. {X-Key: "{{key}}", X-Timestamp: "{{timestamp}}", X-Signature: "{{signature}}"}.',
      }),
    ),
    query: Type.Optional(
      Type.Record(Type.String(), Template, {
        description: 'The same as parameters. Those without {{signature}} are part of {{query}} in the message.',
      }),
    ),
    client_certificate: clientCertificate,
    description: note,
  },
  closed,
)
