import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatewayBin } from './support/data-dir.ts'
import { cleanEnvironment, type GatewayProcess, ownerToken, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { joinAs } from './support/workspaces.ts'

/** People by the command line, and the way back in for the last owner. */

let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await startGatewayProcess()
  await joinAs(gateway, gateway.client(), 'ada@example.test', 'owner')
  await joinAs(gateway, gateway.client(), 'bob@example.test', 'member')
})
afterAll(async () => {
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

async function sallyport(...args: readonly string[]): Promise<string> {
  const env = cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: ownerToken, SALLYPORT_DATA_DIR: gateway.dataDir })
  const { stdout } = await promisify(execFile)(process.execPath, [gatewayBin, ...args], { env })
  return stdout.trim()
}

test('members, teams and invitations are managed by name, with the answers of the API as JSON', async () => {
  expect(await sallyport('members', 'list')).toMatch(/bob@example\.test +member/)
  expect(JSON.parse(await sallyport('--json', 'members', 'list', '--search', 'nobody', '--limit', '1')).items).toEqual([])
  expect(JSON.parse(await sallyport('--json', 'workspace', 'rename', 'Acme'))).toMatchObject({ name: 'Acme' })
  expect(JSON.parse(await sallyport('--json', 'members', 'role', 'bob@example.test', 'manager'))).toMatchObject({
    role: 'manager',
  })
  await sallyport('teams', 'create', 'Support')
  expect(JSON.parse(await sallyport('--json', 'teams', 'add', 'support', 'bob@example.test', '--role', 'manager'))).toMatchObject(
    {
      name: 'Support',
      members: [{ email: 'bob@example.test', role: 'manager' }],
    },
  )
  expect(await sallyport('invitations', 'create', 'cleo@example.test', '--role', 'viewer', '--team', 'Support')).toMatch(
    /^http.*\/join#code=/,
  )
  const { items } = JSON.parse(await sallyport('--json', 'invitations', 'list'))
  const invited = items.find(({ email }: { email: string }) => email === 'cleo@example.test')
  await sallyport('invitations', 'revoke', invited.id)
  expect(await sallyport('invitations', 'list')).toMatch(/cleo@example\.test +viewer +revoked/)
  await sallyport('teams', 'delete', 'Support')
  expect(JSON.parse(await sallyport('--json', 'members', 'remove', 'bob@example.test'))).toMatchObject({ tokens_revoked: 0 })
  await expect(sallyport('members', 'remove', 'nobody@example.test')).rejects.toThrow(/Nobody in this workspace/)
})

test('applications are registered, listed and removed', async () => {
  const uri = 'https://desk.example.test/callback'
  const added = JSON.parse(await sallyport('--json', 'clients', 'add', 'Desk', '--redirect-uri', uri, '--confidential'))
  expect(added).toMatchObject({ name: 'Desk', redirect_uris: [uri], confidential: true, secret: expect.stringMatching(/^sps_/) })
  expect(JSON.parse(await sallyport('--json', 'clients', 'list')).items).toMatchObject([{ id: added.id, name: 'Desk' }])
  await sallyport('clients', 'remove', added.id)
  expect(JSON.parse(await sallyport('--json', 'clients', 'list')).items).toEqual([])
})

test('the last owner gets back in by a link that the operator makes on the host', async () => {
  await expect(sallyport('members', 'remove', 'ada@example.test')).rejects.toThrow(/last owner/)
  await expect(sallyport('recover', 'ada@example.test')).rejects.toThrow(/stop the gateway first/)
  const { dataDir } = gateway
  await gateway.stop()
  await expect(sallyport('recover', 'nobody@example.test')).rejects.toThrow(/Nobody here has the email/)
  const link = await sallyport('recover', 'ada@example.test', '--remove-two-factor')
  gateway = await startGatewayProcess({ dataDir })
  const send = (path: string, body: unknown) =>
    fetch(`${gateway.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const password = 'a new one for the owner'
  expect((await send('/recovery/password', { code: new URL(link).hash.replace('#code=', ''), password })).status).toBe(204)
  expect(await (await send('/session', { email: 'ada@example.test', password })).json()).toMatchObject({
    caller: { role: 'owner' },
  })
})
