interface Asking {
  readonly method?: string
  readonly body?: unknown
  /** Its id, for people who are in several. */
  readonly workspace?: string
}

/** What a browser does without its pages: keeps cookies, says that the gateway's own page asks, follows no redirect by itself. */
export class WebSession {
  readonly cookies = new Map<string, string>()
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async fetch(path: string, { method = 'GET', body, workspace }: Asking = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      redirect: 'manual',
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'sec-fetch-site': 'same-origin',
        ...(workspace !== undefined && { 'sallyport-workspace': workspace }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';')
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      if (value === '' || attributes.some((attribute) => /max-age=0/i.test(attribute))) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }

  async ask(path: string, asking: Asking = {}) {
    const response = await this.fetch(path, asking)
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers; the tests say what they expect
    const json: any = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null
    return { status: response.status, json, location: response.headers.get('location') }
  }

  post = (path: string, body: unknown, method = 'POST') => this.ask(`/api/v1${path}`, { method, body })
  session = async () => (await this.ask('/api/v1/session')).json
}
