import { defineConnector, fail, type KitResponse, succeed, t } from '@sallyport/sdk/kit'

/** One connector of a CRM with contacts, written in each way but as a service, which `examples/external-service` is. */

const about = { version: '1.0.0', limits: { per_minute: 1000, retries: 0 } }
const listInput = { type: 'object', properties: { limit: { type: 'integer', default: 50 } } }
const getInput = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }

/** As a description of its requests. */
export const described = (url: string) => ({
  ...about,
  ...{ connector: 'crm_http', name: 'CRM', servers: { production: { url } }, auth: { key: { type: 'bearer' } } },
  actions: {
    listContacts: {
      method: 'GET',
      path: '/contacts',
      query: { limit: '{{limit}}' },
      input: listInput,
      response: { map: { contacts: 'data', total: 'total' }, variables: { contactCount: 'total' } },
    },
    getContact: { method: 'GET', path: '/contacts/{id}', input: getInput },
  },
})

const failed = ({ status, body }: KitResponse) =>
  fail({ error: `The CRM answered ${status}.`, diagnostics: { upstream_status: status, upstream_body: body } })

/** As a built-in type by the kit, and an instance of it. */
export const crm = defineConnector({
  name: 'crm',
  version: '1.0.0',
  description: 'Contacts of a CRM.',
  defaultCommand: 'listContacts',
  connectionConfig: { baseUrl: t.string({ required: true }), apiKey: t.secret({ required: true }) },
  commands: (defineCommand) => ({
    listContacts: defineCommand({
      description: 'List contacts.',
      effect: 'read',
      params: { limit: t.raw<number>({ type: 'integer' }, { default: 50 }) },
      outputs: ['contacts', 'total'],
      async handler({ params, connection: { baseUrl, apiKey }, http }) {
        const auth = { type: 'bearer', token: apiKey } as const
        const response = await http({ url: `${baseUrl}/contacts`, query: { limit: params.limit }, auth })
        if (!response.isSuccessful) return failed(response)
        const { data, total } = response.body as { data: unknown; total: number }
        return succeed({ payload: { contacts: data, total }, variables: { contactCount: total } })
      },
    }),
    getContact: defineCommand({
      description: 'One contact by its id.',
      effect: 'read',
      params: { id: t.string({ required: true }) },
      async handler({ params, connection: { baseUrl, apiKey }, http }) {
        const auth = { type: 'bearer', token: apiKey } as const
        const response = await http({ url: `${baseUrl}/contacts/${encodeURIComponent(params.id)}`, auth })
        return response.isSuccessful ? succeed({ payload: response.body }) : failed(response)
      },
    }),
  }),
})
export const instance = (url: string) => ({
  ...about,
  ...{ connector: 'crm_builtin', name: 'CRM', kind: 'builtin', builtin: { type: 'crm' } },
  security: { url_patterns: [`${url}/*`] },
})

/** As a script. */
export const script = (url: string) => ({
  ...about,
  ...{
    connector: 'crm_script',
    name: 'CRM',
    kind: 'script',
    servers: { production: { url } },
    auth: { key: { type: 'bearer' } },
  },
  actions: { listContacts: { effect: 'read', input: listInput }, getContact: { effect: 'read', input: getInput } },
  script: {
    source: `
      const failed = ({ status, body }) => ({
        error: 'The CRM answered ' + status + '.',
        diagnostics: { upstream_status: status, upstream_body: body },
      })
      function listContacts() {
        const answer = sallyport.http.get('/contacts?limit=' + (sallyport.params.limit ?? 50))
        if (answer.status !== 200) return failed(answer)
        const { data, total } = answer.body
        return { payload: { contacts: data, total }, variables: { contactCount: total } }
      }
      function getContact() {
        const answer = sallyport.http.get('/contacts/' + encodeURIComponent(sallyport.params.id))
        return answer.status === 200 ? { payload: answer.body } : failed(answer)
      }`,
  },
})
