import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { externalDocument } from '../src/definition/import/external.ts'
import { parseConnector } from '../src/definition/parse.ts'
import { gatewayBin, makeDataDir } from './support/data-dir.ts'
import { startService } from './support/example-service.ts'

const home = 'gateway/src/connections/builtins'
let root: string

async function scaffold(...args: string[]): Promise<{ written: string[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, [gatewayBin, '--json', 'new', 'connector', ...args], {
    cwd: root,
  })
  return JSON.parse(stdout) as { written: string[] }
}
const read = (path: string) => readFile(join(root, path), 'utf8')

beforeAll(async () => {
  root = await makeDataDir()
  await mkdir(join(root, home), { recursive: true })
  await cp(fileURLToPath(new URL(`../../${home}/index.ts`, import.meta.url)), join(root, home, 'index.ts'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('sallyport new connector (F8)', () => {
  test('writes handler and test and registers them, and changes nothing the second time', async () => {
    const { written } = await scaffold('acme-crm', '--description', "Acme's CRM")
    expect(written).toEqual([`${home}/acme-crm.ts`, `${home}/acme-crm.test.ts`, `${home}/index.ts`])
    const list = await read(`${home}/index.ts`)
    expect(list).toMatch(/^import \{ acmeCrm \} from '\.\/acme-crm\.ts'$/m)
    expect(list).toMatch(/ConnectorDefinition\[\] => \[[^\]]+, acmeCrm\]/)
    expect(await read(`${home}/acme-crm.ts`)).toContain(`description: "Acme's CRM"`)
    expect((await scaffold('acme-crm')).written).toEqual([])
    expect(await read(`${home}/index.ts`)).toBe(list)
  })

  test('keeps what was written by hand, unless it is told to overwrite', async () => {
    await writeFile(join(root, home, 'acme-crm.ts'), 'mine')
    await scaffold('acme-crm')
    expect(await read(`${home}/acme-crm.ts`)).toBe('mine')
    expect((await scaffold('acme-crm', '--force')).written).toEqual([`${home}/acme-crm.ts`, `${home}/acme-crm.test.ts`])
    expect(await read(`${home}/acme-crm.ts`)).toContain('export const acmeCrm')
  })

  test('writes a connector file that the gateway takes, for kind http', async () => {
    await scaffold('acme-api', '--kind', 'http')
    expect(parseConnector(await read('acme-api.connector.yaml')).connector).toBe('acme-api')
  })

  test('writes a script in a connector file that the gateway takes, for kind script', async () => {
    await scaffold('acme-script', '--kind', 'script')
    expect(parseConnector(await read('acme-script.connector.yaml'))).toMatchObject({ connector: 'acme-script', kind: 'script' })
    expect((await scaffold('acme-script', '--kind', 'script')).written).toEqual([])
  })

  test('writes a service that speaks the protocol and asks for the signature, for kind external', async () => {
    expect((await scaffold('acme-api', '--kind', 'external', '-d', "Acme's")).written).toEqual(['acme-api.service.ts'])
    const { url, stop } = await startService(process.execPath, join(root, 'acme-api.service.ts'), 'secret')
    onTestFinished(() => void stop())
    const schema = (await (await fetch(`${url}/schema`)).json()) as Readonly<Record<string, unknown>>
    const document = parseConnector(externalDocument(schema, { connector: 'acme', serverUrl: `${url}/schema` }))
    expect(document).toMatchObject({ kind: 'external', description: "Acme's", servers: { production: { url } } })
    const body = JSON.stringify({ command: 'listItems', params: { limit: 1 }, config: { apiKey: 'k' } })
    const timestamp = String(Math.floor(Date.now() / 1000))
    const ask = (secret: string) => {
      const signature = `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
      const headers = { 'x-sallyport-timestamp': timestamp, 'x-sallyport-signature': signature }
      return fetch(`${url}/execute`, { method: 'POST', headers, body })
    }
    expect(await (await ask('secret')).json()).toEqual({ success: true, payload: { items: [{ id: 1 }] } })
    expect((await ask('another')).status).toBe(401)
  })

  test('refuses a name that is none', async () => {
    await expect(scaffold('../evil')).rejects.toMatchObject({ code: 2 })
  })
})
