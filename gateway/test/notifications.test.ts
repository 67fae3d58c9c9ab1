import { createHmac } from 'node:crypto'
import { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'

/** People are told that a call waits: where, with what, and what the link in it opens. */

const input = { to: 'canary-input-4711' }
let api: CountingUpstream
let chat: CountingUpstream
let mail: MailServer
let gateway: GatewayProcess
let db: pg.Client
let owner: Sallyport
let agent: Sallyport

beforeAll(async () => {
  api = await new CountingUpstream().start()
  chat = await new CountingUpstream().start()
  mail = await startMailServer()
  gateway = await startGatewayProcess({ env: mail.env })
  db = await superuserOf(gateway.dataDir)
  await db.query('set search_path = sallyport')
  owner = gateway.client()
  agent = gateway.client((await owner.tokens.create({ name: '<!channel> \u202eagent', role: 'member' })).token)
  const pay = {
    method: 'POST',
    path: '/pay',
    confirm: true,
    input: { type: 'object', properties: { to: {} } },
    body: { type: 'json', value: { to: '{{to}}' } },
  }
  await owner.connectors.create({ connector: 'bank', name: 'Bank', servers: { production: { url: api.url } }, actions: { pay } })
  await owner.connections.create({ connector: 'bank', name: 'Main' })
})
beforeEach(async () => {
  chat.reset()
  for (const { id } of (await owner.notifications.list()).items) await owner.notifications.delete(id)
})
afterAll(async () => {
  await db?.end()
  await gateway?.stop()
  await mail?.close()
  await chat?.stop()
  await api?.stop()
  await removeDataDir(gateway.dataDir)
})

async function ask(): Promise<string> {
  const waiting = await agent.calls.create({ connector: 'bank', action: 'pay', input })
  if (!('approval' in waiting)) throw new Error('expected to wait')
  return waiting.approval.id
}

/** What the chat gets when a call waits. */
async function told(): Promise<{ approval: string; request: Seen }> {
  const approval = await ask()
  await chat.until(1)
  const [request] = chat.seen
  if (request === undefined) throw new Error('nothing was sent')
  return { approval, request }
}

const codeOf = (text: string) => /approval-link#code=([\w-]+)/.exec(text)?.[1] ?? ''

describe('a call that waits is told', () => {
  test('to Slack and to Teams in their own words, in which a name links and mentions nothing', async () => {
    await owner.notifications.create({ kind: 'slack', name: 'Slack', url: `${chat.url}/services/T0/B0/key` })
    await owner.notifications.create({ kind: 'teams', name: 'Teams', url: `${chat.url}/workflows/key` })
    const id = await ask()
    await chat.until(2)
    const bodies = new Map(chat.seen.map(({ path, body }) => [path, JSON.parse(body)]))
    const [section, actions] = bodies.get('/services/T0/B0/key').blocks
    expect(section.text).toMatchObject({
      type: 'plain_text',
      text: expect.stringMatching(/^<!channel> +agent asks to call bank pay/),
    })
    expect(actions.elements[1].url).toBe(`${gateway.url}/approvals/${id}`)
    const [card] = bodies.get('/workflows/key').attachments
    expect(card).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun' }] }] },
    })
    for (const { body } of chat.seen) expect(body).not.toContain(input.to)
  })

  test('to any URL, signed with a secret that was shown once', async () => {
    const { secret, id } = await owner.notifications.create({ kind: 'webhook', name: 'Hook', url: `${chat.url}/hook?a=1` })
    const { approval, request } = await told()
    const { headers, body, path } = request
    expect(path).toBe('/hook?a=1')
    expect(JSON.parse(body)).toMatchObject({ type: 'approval.waiting', approval_id: approval, action: 'pay', risk: 'medium' })
    const mac = createHmac('sha256', secret ?? '')
      .update(`${headers['sallyport-timestamp']}.${body}`)
      .digest('hex')
    expect(headers['sallyport-signature']).toBe(`v1=${mac}`)
    expect(Math.abs(Number(headers['sallyport-timestamp']) - Date.now() / 1000)).toBeLessThan(60)
    const shown = JSON.stringify([await owner.notifications.list(), await owner.audit.list({ target: id })])
    expect(shown).not.toContain(secret)
    const { rows } = await db.query('select * from notification_channels')
    expect(JSON.stringify(rows)).not.toContain('hook?a')
    expect(rows[0].sealed_target.toString('latin1')).not.toContain(secret)
  })

  test('by email, with a link that opens the exact request once, and decides nothing', async () => {
    await owner.notifications.create({ kind: 'email', name: 'Mail', email: 'boss@example.test' })
    let approval = ''
    const letter = await mail.next(async () => {
      approval = await ask()
    })
    expect(letter).toContain('To: boss@example.test')
    expect(letter).not.toContain(input.to)
    const nobody = new Sallyport({ url: gateway.url })
    const shown = await nobody.approvals.look(codeOf(letter))
    expect(shown).toMatchObject({ id: approval, input, can_decide: false, request: { method: 'POST', url: `${api.url}/pay` } })
    await expect(nobody.approvals.look(codeOf(letter))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(nobody.approvals.approve(approval)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(api.seen).toHaveLength(0)
  })

  test('again, when the channel failed, until it is told', async () => {
    chat.behave = (_request, response) => response.writeHead(503).end()
    const { id } = await owner.notifications.create({ kind: 'slack', name: 'Slack', url: `${chat.url}/hook` })
    await told()
    await expect
      .poll(async () => (await owner.notifications.list()).items[0])
      .toMatchObject({ last_error: expect.stringContaining('503') })
    chat.reset()
    await db.query('update notifications set due_at = now() where channel_id = $1', [id])
    await told()
    await chat.until(2)
    await expect.poll(async () => (await db.query('select * from notifications')).rowCount).toBe(0)
    const [channel] = (await owner.notifications.list()).items
    expect(channel).toMatchObject({ last_error: null, last_delivered_at: expect.any(String) })
    expect(new Set(chat.seen.map(({ body }) => codeOf(body))).size).toBe(2)
  })
})

describe('nobody is told', () => {
  test('of a call that waits no more', async () => {
    chat.behave = (_request, response) => response.destroy()
    await owner.notifications.create({ kind: 'slack', name: 'Slack', url: `${chat.url}/hook` })
    const { approval } = await told()
    await expect.poll(async () => (await owner.notifications.list()).items[0]?.last_error).toBeTruthy()
    await owner.approvals.reject(approval)
    chat.reset()
    await db.query('update notifications set due_at = now()')
    await told()
    await expect.poll(async () => (await db.query('select * from notifications')).rowCount).toBe(0)
    expect(chat.seen).toHaveLength(1)
  })

  test('at an address that the gateway may not dial', async () => {
    const create = (url: string) => owner.notifications.create({ kind: 'webhook', name: 'x', url })
    for (const url of ['http://169.254.169.254/', 'file:///etc/passwd', 'http://user:pass@127.0.0.1/'])
      await expect(create(url)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' })
  })

  test('by a test that did not arrive, which says why', async () => {
    const { id } = await owner.notifications.create({ kind: 'teams', name: 'Teams', url: `${chat.url}/hook` })
    await owner.notifications.test(id)
    expect(chat.seen).toHaveLength(1)
    chat.behave = (_request, response) => response.writeHead(404).end()
    await expect(owner.notifications.test(id)).rejects.toMatchObject({ detail: 'The channel answered 404. Check its address.' })
  })
})
