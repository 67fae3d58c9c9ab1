import { randomBytes } from 'node:crypto'
import { freePort, type GatewayProcess, startGatewayProcess } from '../scripts/gateway-process.ts'
import { Sallyport } from '../sdk/src/index.ts'
import type { Target } from './load.ts'

const text = { type: 'string' }

/** A connector for upstream.ts with everything on that a careful operator would use: key, schemas, limits. */
const connectorFor = (upstream: string) => ({
  connector: 'bench',
  name: 'Bench',
  version: '1.0.0',
  servers: { production: { url: new URL(upstream).origin } },
  auth: { key: { type: 'api_key', in: 'header', name: 'X-API-Key' } },
  limits: { per_minute: 1_000_000 },
  actions: {
    lookup: {
      method: 'POST',
      path: '/lookup',
      effect: 'read',
      body: { type: 'json', value: { query: '{{query}}', limit: '{{limit}}', filter: { tag: '{{tag}}' } } },
      input: {
        type: 'object',
        required: ['query'],
        additionalProperties: false,
        properties: { query: { ...text, maxLength: 100 }, limit: { type: 'integer', minimum: 1 }, tag: text },
      },
      output: {
        type: 'object',
        required: ['items'],
        properties: {
          total: { type: 'integer' },
          items: {
            type: 'array',
            items: {
              type: 'object',
              required: ['id', 'name', 'price'],
              properties: { id: text, name: text, price: { type: 'integer' }, tags: { type: 'array', items: text } },
            },
          },
        },
      },
    },
  },
})

export const input = { query: 'lathe', limit: 8, tag: 'alpha' }
export const newOwnerToken = () => `sp_${randomBytes(32).toString('base64url')}`

/** Starts a gateway on a data directory below `folder`. */
export async function startSubject(folder: string, ownerToken: string, cli?: string): Promise<GatewayProcess> {
  return startGatewayProcess({
    folder,
    cli,
    port: await freePort(18_080),
    environment: { SALLYPORT_EGRESS_ALLOW: '127.0.0.1/32', SALLYPORT_BOOTSTRAP_TOKEN: ownerToken, SALLYPORT_LOG_LEVEL: 'warn' },
  })
}

/** Defines and connects the connector; answers what a governed call is. */
export async function prepare(gateway: GatewayProcess, ownerToken: string, upstream: string): Promise<Target> {
  const owner = new Sallyport({ url: gateway.url, token: ownerToken })
  await owner.connectors.create(connectorFor(upstream))
  await owner.connections.create({ connector: 'bench', auth: { fields: { key: 'bench-key' } } })
  const { token } = await owner.tokens.create({ name: 'bench', role: 'member' })
  return {
    url: `${gateway.url}/api/v1/calls`,
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ connector: 'bench', action: 'lookup', input }),
  }
}
