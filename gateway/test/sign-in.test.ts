import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { codeIn, type MailServer, startMailServer } from './support/mail-server.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'
import { codeOf } from './support/totp.ts'
import { WebSession } from './support/web-session.ts'

/** How people get in: second factor, single sign-on, lost passwords by mail, over HTTP as a browser does it. */

let gateway: GatewayProcess
let oidc: OidcServer
let mail: MailServer

class Browser extends WebSession {
  constructor() {
    super(gateway.url)
  }
}

const password = 'correct horse battery'
const signedIn = async (email: string, secret = password) => {
  const browser = new Browser()
  return { browser, answer: await browser.post('/session', { email, password: secret }) }
}

beforeAll(async () => {
  mail = await startMailServer()
  gateway = await startGatewayProcess({ env: mail.env })
  oidc = await startOidcServer(`${gateway.url}/api/v1/session/sso/callback`)
})
afterAll(async () => {
  await gateway?.stop()
  await oidc?.close()
  await mail?.close()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

/** Joins by the link of the mail. */
async function joinByMail(email: string, role: 'member' | 'admin' | 'owner'): Promise<Browser> {
  let made: unknown
  const text = await mail.next(async () => {
    made = await gateway.client().invitations.create({ email, role })
  })
  expect(made).toMatchObject({ mailed: true, url: null })
  const browser = new Browser()
  const code = codeIn(text)
  expect((await browser.post('/join/offer', { code })).json).toMatchObject({ email, role, step: 'new' })
  expect((await browser.post('/join', { code, name: email.split('@')[0], password })).status).toBe(201)
  expect((await browser.post('/join', { code, name: 'Again', password })).json).toMatchObject({ code: 'FORBIDDEN' })
  return browser
}

async function withTwoFactor(browser: Browser): Promise<{ uri: string; recovery_codes: string[] }> {
  const { json } = await browser.post('/account/two-factor', { password })
  expect((await browser.post('/account/two-factor/confirm', { code: codeOf(json.uri, -1) })).status).toBe(204)
  return json
}

describe('an invitation by mail', () => {
  test('joins once, is for its email alone, and its link is in the mail and not in the answer', async () => {
    const browser = await joinByMail('ida@example.test', 'member')
    expect(await browser.session()).toMatchObject({ caller: { role: 'member', email: 'ida@example.test' }, mails: true })
    expect(mail.mails.at(-1)).toMatch(/To: ida@example\.test/)
  })

  test('stops working when it is renewed, taken back, or somebody else is signed in', async () => {
    const client = gateway.client()
    const first = codeIn(await mail.next(() => client.invitations.create({ email: 'kim@example.test', role: 'member' })))
    const [open] = (await client.invitations.list()).items
    const second = codeIn(await mail.next(() => client.invitations.renew(open?.id ?? '')))
    const stranger = new Browser()
    expect((await stranger.post('/join/offer', { code: first })).json.code).toBe('FORBIDDEN')
    expect((await stranger.post('/join/offer', { code: second })).status).toBe(200)
    await client.invitations.revoke(open?.id ?? '')
    expect((await stranger.post('/join', { code: second, name: 'Kim', password })).json.code).toBe('FORBIDDEN')
    await expect(client.invitations.create({ email: 'ida@example.test', role: 'member' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })
})

describe('a second factor', () => {
  test('is asked for after the password; a code opens one session, a recovery code one, and wrong ones none', async () => {
    const { uri, recovery_codes } = await withTwoFactor(await joinByMail('tom@example.test', 'member'))
    const { browser, answer } = await signedIn('tom@example.test')
    expect(answer.json).toMatchObject({ caller: null, person: null, next_step: 'second_factor' })
    expect((await browser.post('/session/second-factor', { code: '000000' })).status).toBe(401)
    expect((await browser.session()).caller).toBeNull()
    const code = codeOf(uri)
    expect((await browser.post('/session/second-factor', { code })).json).toMatchObject({ caller: { email: 'tom@example.test' } })
    const again = (await signedIn('tom@example.test')).browser
    expect((await again.post('/session/second-factor', { code })).json).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await again.session()).caller).toBeNull()
    const [recovery_code = ''] = recovery_codes
    for (const works of [true, false]) {
      const other = (await signedIn('tom@example.test')).browser
      expect((await other.post('/session/second-factor', { recovery_code })).status).toBe(works ? 200 : 401)
    }
    // Nobody is told to try codes without having known the password.
    expect((await new Browser().post('/session/second-factor', { code })).status).toBe(401)
  })

  test('can be wanted by the workspace: then nobody is let in before having one', async () => {
    const admin = await joinByMail('ann@example.test', 'admin')
    const member = await joinByMail('max@example.test', 'member')
    const require = { require_two_factor: true }
    expect((await admin.post('/sign-in-settings', require, 'PATCH')).json).toMatchObject({ code: 'CONFLICT' })
    await withTwoFactor(admin)
    expect((await admin.post('/sign-in-settings', require, 'PATCH')).status).toBe(200)
    expect((await member.ask('/api/v1/tools')).json).toMatchObject({ code: 'TWO_FACTOR_REQUIRED' })
    expect(await member.session()).toMatchObject({
      caller: null,
      person: { email: 'max@example.test' },
      next_step: 'turn_on_two_factor',
    })
    await withTwoFactor(member)
    expect((await member.ask('/api/v1/tools')).status).toBe(200)
    expect((await member.post('/account/two-factor/off', { password: 'wrong' })).json).toMatchObject({ code: 'FORBIDDEN' })
    expect((await member.post('/account/two-factor/off', { password })).status).toBe(204)
    expect((await member.ask('/api/v1/tools')).json).toMatchObject({ code: 'TWO_FACTOR_REQUIRED' })
    await gateway.client().workspaces.updateSignInSettings({ require_two_factor: false })
  })
})

describe('a lost password', () => {
  test('is replaced by a link in a mail, once, and every session is over', async () => {
    const browser = await joinByMail('eve@example.test', 'member')
    const code = codeIn(await mail.next(() => new Browser().post('/recovery', { email: 'Eve@Example.test' })))
    expect((await new Browser().post('/recovery', { email: 'nobody@example.test' })).status).toBe(204)
    const fresh = { code, password: 'another horse battery' }
    expect((await new Browser().post('/recovery/password', fresh)).status).toBe(204)
    expect((await new Browser().post('/recovery/password', fresh)).json).toMatchObject({ code: 'FORBIDDEN' })
    expect((await browser.session()).caller).toBeNull()
    expect((await signedIn('eve@example.test')).answer.status).toBe(401)
    expect((await signedIn('eve@example.test', fresh.password)).answer.json).toMatchObject({ caller: { role: 'member' } })
  })

  test('is replaced by a link of an admin who is as strong in every workspace of the person', async () => {
    const client = gateway.client()
    const { id } = await personOf('eve@example.test')
    const { url } = await client.members.recover(id, { remove_two_factor: true })
    expect(url).toMatch(/\/recover#code=/)
    // In a second workspace, of which this admin knows nothing.
    const owner = await joinByMail('bea@example.test', 'admin')
    const made = await owner.post('/workspaces', { name: 'Second' })
    expect(made.json).toMatchObject({ name: 'Second', role: 'owner' })
    const bea = await personOf('bea@example.test')
    await expect(client.members.recover(bea.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

async function personOf(email: string) {
  const found = (await gateway.client().members.list()).items.find((member) => member.email === email)
  if (found === undefined) throw new Error(`no member ${email}`)
  return found
}

describe('a workspace', () => {
  test('is chosen by the header for each request, among those of the person', async () => {
    const { browser } = await signedIn('bea@example.test')
    const { workspaces } = await browser.session()
    const second = workspaces.find(({ name }: { name: string }) => name === 'Second').id
    expect((await browser.ask('/api/v1/session', { workspace: second })).json).toMatchObject({
      caller: { role: 'owner' },
      workspace: { name: 'Second' },
    })
    expect((await browser.ask('/api/v1/members', { workspace: second })).json.items).toHaveLength(1)
    const other = (await signedIn('ida@example.test')).browser
    const foreign = await other.ask('/api/v1/members', { workspace: second })
    const absent = await other.ask('/api/v1/members', { workspace: 'ws_00000000000000000000000000' })
    expect([foreign.status, foreign.json]).toEqual([absent.status, absent.json])
    expect(foreign.json).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('has always an owner, also when two lower each other at once', async () => {
    const one = await joinByMail('uno@example.test', 'owner')
    const two = await joinByMail('due@example.test', 'owner')
    const [first, second] = [await personOf('uno@example.test'), await personOf('due@example.test')]
    const lower = (by: Browser, id: string) => by.post(`/members/${id}`, { role: 'member' }, 'PATCH')
    const answers = await Promise.all([lower(one, second.id), lower(two, first.id)])
    const owners = (await gateway.client().members.list()).items.filter(({ role }) => role === 'owner')
    expect(owners).toHaveLength(1)
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200])
    const last = owners[0]?.id ?? ''
    await expect(gateway.client().members.setRole(last, 'admin')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(gateway.client().members.remove(last)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('counts a role that changed from the next request on, for tokens that the person made as well', async () => {
    const browser = await joinByMail('zoe@example.test', 'admin')
    const { json } = await browser.post('/tokens', { name: 'hers', role: 'admin' })
    const agent = gateway.client(json.token)
    await agent.tokens.list()
    const { id } = await personOf('zoe@example.test')
    await gateway.client().members.setRole(id, 'viewer')
    expect((await browser.ask('/api/v1/tokens')).json).toMatchObject({ code: 'FORBIDDEN' })
    await expect(agent.tokens.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await gateway.client().members.remove(id)
    expect((await browser.session()).caller).toBeNull()
    await expect(agent.tools.list()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('single sign-on', () => {
  let workspace = ''
  /** Through the provider and back; answers where the gateway sends the browser. */
  async function signInBySso(browser: Browser, return_to?: string): Promise<string | null> {
    const begun = await browser.post('/session/sso', { workspace, ...(return_to !== undefined && { return_to }) })
    if (begun.status !== 200) return null
    return (await browser.ask(await oidc.visit(begun.json.url))).location
  }

  beforeAll(async () => {
    workspace = (await signedIn('ida@example.test')).answer.json.workspace.id
    const { issuer, clientId: client_id, clientSecret: client_secret } = oidc
    const single_sign_on = { issuer, client_id, client_secret, domains: ['corp.example'], default_role: 'member' as const }
    const settings = await gateway.client().workspaces.updateSignInSettings({ single_sign_on })
    expect(settings.single_sign_on).toMatchObject({ issuer, callback_url: `${gateway.url}/api/v1/session/sso/callback` })
    expect(JSON.stringify(settings)).not.toContain(client_secret)
  })

  test('lets somebody new in with the role of the settings, for this workspace only and not into the account', async () => {
    oidc.account = { sub: 'sub-1', email: 'New@corp.example', email_verified: true, name: 'Newcomer' }
    const browser = new Browser()
    expect((await browser.session()).single_sign_on).toMatchObject({ id: workspace })
    expect(await signInBySso(browser)).toBe('/')
    expect(await browser.session()).toMatchObject({
      caller: { role: 'member', email: 'new@corp.example', name: 'Newcomer' },
      person: { single_sign_on: true },
    })
    expect((await browser.post('/account/two-factor', { password })).json).toMatchObject({ code: 'FORBIDDEN' })
    expect((await browser.post('/workspaces', { name: 'Third' })).json).toMatchObject({ code: 'FORBIDDEN' })
    // The same person the next time.
    const { id } = await personOf('new@corp.example')
    const again = new Browser()
    expect(await signInBySso(again)).toBe('/')
    expect((await again.session()).person.id).toBe(id)
    await gateway.client().members.remove(id)
    expect((await again.session()).caller).toBeNull()
    expect(await signInBySso(again)).toBe('/sign-in#sso=no_member')
  })

  test.each([
    ['another domain', { sub: 's2', email: 'x@evil.example', email_verified: true }, 'other_domain'],
    [
      'a domain that only looks like it',
      { sub: 's3', email: 'x@corp.example.evil.example', email_verified: true },
      'other_domain',
    ],
    ['an email nobody has verified', { sub: 's4', email: 'y@corp.example', email_verified: false }, 'email_unverified'],
    ['a refusal', null, 'refused'],
  ])('lets nobody in with %s', async (_what, account, problem) => {
    oidc.account = account
    const browser = new Browser()
    expect(await signInBySso(browser)).toBe(`/sign-in#sso=${problem}`)
    expect((await browser.session()).caller).toBeNull()
  })

  test('takes no account over that has a password: its owner connects it, signed in', async () => {
    const { headers } = await joinAsMember('pat@corp.example')
    oidc.account = { sub: 'pat', email: 'pat@corp.example', email_verified: true }
    expect(await signInBySso(new Browser())).toBe('/sign-in#sso=link_first')
    const { browser } = await signedIn('pat@corp.example')
    expect(headers).toBeDefined()
    expect(await signInBySso(browser)).toBe('/')
    expect(await signInBySso(new Browser())).toBe('/')
  })

  test('brings people back to where they were going, on this origin only', async () => {
    oidc.account = { sub: 'sub-9', email: 'back@corp.example', email_verified: true }
    const consent =
      '/authorize?client_id=https%3A%2F%2Fapp.example.test%2Fid&state=a%26b&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb'
    expect(await signInBySso(new Browser(), consent)).toBe(consent)
    expect(await signInBySso(new Browser(), '/connections/../approvals?show=all#top')).toBe('/approvals?show=all#top')
    const elsewhere = [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '/\t/evil.example',
      '/.//evil.example/',
      '/a/..//evil.example/',
      '\\\\evil.example',
      'javascript:alert(1)',
      'connections',
      '',
    ]
    for (const return_to of elsewhere) {
      const refused = await new Browser().post('/session/sso', { workspace, return_to })
      expect({ return_to, code: refused.json.code }).toEqual({ return_to, code: 'INVALID_INPUT' })
    }
    // Whoever is not let in is told there, and may go on from there.
    oidc.account = { sub: 's5', email: 'x@evil.example', email_verified: true }
    expect(await signInBySso(new Browser(), `${consent}#before`)).toBe(`${consent}#sso=other_domain`)
  })

  test('answers no browser that did not begin, and none twice', async () => {
    oidc.account = { sub: 'pat', email: 'pat@corp.example', email_verified: true }
    const victim = new Browser()
    const forged = await victim.ask('/api/v1/session/sso/callback?code=stolen&state=made-up')
    expect(forged).toMatchObject({ status: 303, location: '/sign-in#sso=began_elsewhere' })
    expect((await victim.session()).caller).toBeNull()
    expect((await victim.post('/session/sso', { workspace: 'ws_00000000000000000000000000' })).json).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('is stored only for a provider that answers, and tells its secret to no other', async () => {
    const { clientId: client_id } = oidc
    const change = (issuer: string) =>
      gateway
        .client()
        .workspaces.updateSignInSettings({ single_sign_on: { issuer, client_id, domains: ['corp.example'], default_role: null } })
    await expect(change('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(change('http://169.254.169.254')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await change(oidc.issuer)
    // And it outlives the key it was sealed with.
    expect(await gateway.client().vault.rotate()).toMatchObject({ state: 'done', unopenable: [] })
    expect((await new Browser().post('/session/sso', { workspace })).status).toBe(200)
    expect(gateway.output()).not.toContain(oidc.clientSecret)
  })
})

const joinAsMember = async (email: string) => {
  const code = codeIn(await mail.next(() => gateway.client().invitations.create({ email, role: 'member' })))
  const browser = new Browser()
  await browser.post('/join', { code, name: email, password })
  return { headers: browser.cookies }
}
