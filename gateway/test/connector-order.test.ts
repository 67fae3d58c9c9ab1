import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await startGatewayProcess()
})
afterAll(async () => {
  await gateway?.stop()
  await removeDataDir(gateway.dataDir)
})

test('the first server and the first scheme of a document are the defaults, whatever they are called', async () => {
  const owner = gateway.client()
  const document = {
    connector: 'ordered',
    name: 'Ordered',
    // Shorter and earlier in the alphabet come later here: stores of JSON like to sort keys that way.
    servers: {
      production: { url: 'https://api.example.test' },
      eu: { url: 'https://eu.example.test' },
      a: { url: 'https://a.example.test' },
    },
    auth: { personal: { type: 'bearer' }, app: { type: 'basic' }, b: { type: 'none' } },
    actions: { zulu: { method: 'GET', path: '/z' }, look: { method: 'GET', path: '/l' }, b: { method: 'GET', path: '/b' } },
  }
  await owner.connectors.create(document)
  const stored = (await owner.connectors.get('ordered')) as typeof document
  for (const part of ['servers', 'auth', 'actions'] as const)
    expect(Object.keys(stored[part])).toEqual(Object.keys(document[part]))
  const connection = await owner.connections.create({ connector: 'ordered', auth: { fields: { token: 't' } } })
  expect(connection).toMatchObject({
    environment: 'production',
    server_url: 'https://api.example.test',
    auth: { scheme: 'personal' },
  })
})
