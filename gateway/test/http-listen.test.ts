import { afterEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../src/config.ts'
import { listen } from '../src/http/listen.ts'
import { createHttpServer, type HttpApp, type HttpServices } from '../src/http/server.ts'
import { createLog } from '../src/log.ts'

const apps: HttpApp[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

function entrance(): HttpApp {
  const options = {
    log: createLog('silent'),
    version: '1',
    host: '127.0.0.1',
    publicUrl: () => 'http://127.0.0.1',
    connectorSchema: () => ({}),
  }
  const app = createHttpServer({ access: {} } as unknown as HttpServices, options)
  apps.push(app)
  return app
}

describe('the listening address', () => {
  test.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:[1-9]\d*$/],
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:[1-9]\d*$/],
  ])('of %s is one that people can open', async (host, expected) => {
    const url = await listen(entrance(), { host, port: 0 })
    expect(url).toMatch(expected)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('that is in use is refused with what to do', async () => {
    const url = await listen(entrance(), { host: '127.0.0.1', port: 0 })
    const port = Number(new URL(url).port)
    const second = listen(entrance(), { host: '127.0.0.1', port })
    await expect(second).rejects.toThrow(ConfigError)
    await expect(second).rejects.toThrow(new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use.*SALLYPORT_PORT`))
  })

  // 192.0.2.0/24 is for documentation (RFC 5737) and belongs to no machine.
  test.each(['192.0.2.1', 'not a host name'])('%s, which is not of this machine, is refused with what to do', async (host) => {
    const refused = listen(entrance(), { host, port: 0 })
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow('Set SALLYPORT_HOST')
  })
})
