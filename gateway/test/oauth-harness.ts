import { createHash, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'

import type { GatewayProcess } from './support/gateway.ts'
import { browserOf } from './support/workspaces.ts'

/** Programs that sign in by OAuth, as far as HTTP goes: what a browser and its reader would do is done here by requests. */

export const owner = { name: 'Ada Owner', email: 'ada@example.com', password: 'a gate with two doors' }
export const callback = 'http://127.0.0.1:51004/callback'

// biome-ignore lint/suspicious/noExplicitAny: whatever the gateway answers; the tests say what they expect
export type Json = any
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Json
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text.startsWith('{') ? JSON.parse(text) : text }
}

export async function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
  return answerOf(await fetch(url, init))
}

export async function postForm(
  url: string,
  form: Record<string, string> | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answerOf(await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) }))
}

/** Makes the first owner; the headers of their browser. */
export async function setUp(gateway: GatewayProcess): Promise<Record<string, string>> {
  // Printed a moment after the address.
  while (gateway.setupUrl === null) await nextTurn()
  const code = new URL(gateway.setupUrl).hash.replace('#code=', '')
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code, ...owner }) }
  return browserOf(await fetch(`${gateway.url}/api/v1/setup`, init))
}

export function pkce() {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** A program at one gateway, and whoever allows it. */
export class Program {
  readonly #gateway: string
  readonly #browser: Record<string, string>
  id = ''
  secret: string | undefined

  constructor(gateway: string, browser: Record<string, string>) {
    this.#gateway = gateway
    this.#browser = browser
  }

  async register(more: Record<string, unknown> = {}): Promise<Answer> {
    const answer = await postJson(`${this.#gateway}/oauth/register`, { client_name: 'Probe', redirect_uris: [callback], ...more })
    this.id = answer.json.client_id
    this.secret = answer.json.client_secret
    return answer
  }

  /** What the person's browser sends once they press the button. */
  decide(more: Record<string, unknown> = {}, headers = this.#browser): Promise<Answer> {
    const asked = {
      client_id: this.id,
      redirect_uri: callback,
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: `${this.#gateway}/mcp`,
      state: 'the state',
      allow: true,
      ...more,
    }
    return postJson(`${this.#gateway}/api/v1/authorization`, asked, headers)
  }

  /** A code, with the verifier that spends it. */
  async code(more: Record<string, unknown> = {}): Promise<{ code: string; verifier: string }> {
    const { verifier, challenge } = pkce()
    const { json } = await this.decide({ code_challenge: challenge, ...more })
    return { code: new URL(json.url).searchParams.get('code') ?? '', verifier }
  }

  spend({ code, verifier }: { code: string; verifier: string }, more: Record<string, string> = {}): Promise<Answer> {
    return this.token({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback, ...more })
  }

  refresh(token: string, more: Record<string, string> = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token, ...more })
  }

  token(form: Record<string, string>): Promise<Answer> {
    const secret = this.secret === undefined ? {} : { client_secret: this.secret }
    return postForm(`${this.#gateway}/oauth/token`, { client_id: this.id, ...secret, ...form })
  }

  /** Tokens, by way of a code. */
  async tokens(more: Record<string, unknown> = {}): Promise<{ access: string; refresh: string }> {
    const { json } = await this.spend(await this.code(more))
    return { access: json.access_token, refresh: json.refresh_token }
  }

  revoke(token: string): Promise<Answer> {
    return postForm(`${this.#gateway}/oauth/revoke`, { client_id: this.id, token })
  }

  /** Asks a resource for its tools: the status of the answer. */
  async use(token: string, path = '/mcp'): Promise<number> {
    const protocol = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
      accept: 'application/json, text/event-stream',
    }
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'probe', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } }
    return (await postJson(`${this.#gateway}${path}`, body, { ...protocol, authorization: `Bearer ${token}` })).status
  }
}
