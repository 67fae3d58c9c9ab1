import { defineConnector, fail, type KitRequest, type KitResponse, succeed, t } from '@sallyport/sdk/kit'

function outcomeOf({ status, isSuccessful, headers, body }: KitResponse) {
  if (!isSuccessful) return fail({ error: `The API answered ${status}.`, diagnostics: { status, body } })
  return succeed({ payload: { status, headers, body } })
}

const asked = {
  url: t.string({
    required: true,
    description: 'Absolute, or a path below the server URL; inside the url_patterns of the connector.',
  }),
  query: t.raw<KitRequest['query'] & object>({
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
  }),
  headers: t.raw<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
}

/** Requests that no document describes, under an allowlist: `security.url_patterns` of the instance says where they may go. */
export const http = defineConnector({
  name: 'http',
  version: '1.0.0',
  title: 'HTTP request',
  description: 'Any request to the URLs that the connector allows, with the credential of the connection.',
  category: 'utility',
  defaultCommand: 'get',
  commands: (defineCommand) => ({
    get: defineCommand({
      description: 'Ask for a URL and give back status, headers and body.',
      effect: 'read',
      params: asked,
      outputs: ['status', 'headers', 'body'],
      handler: async ({ params: { url, query, headers }, http }) =>
        outcomeOf(await http({ url, ...(query && { query }), ...(headers && { headers }) })),
    }),
    request: defineCommand({
      description: 'Send a request with any method and body.',
      params: {
        ...asked,
        method: t.select(['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'OPTIONS'], { required: true }),
        body: t.raw({}, { description: 'Sent as JSON; a text as it is, with the Content-Type among the headers.' }),
      },
      outputs: ['status', 'headers', 'body'],
      async handler({ params: { url, query, headers, method, body }, http }) {
        const sent = body === undefined ? {} : typeof body === 'string' ? { body } : { json: body }
        return outcomeOf(await http({ url, method, ...(query && { query }), ...(headers && { headers }), ...sent }))
      },
    }),
  }),
})
