import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpDoors as doors, type HttpDoor } from '../src/egress/doors.ts'
import { callsMade, canarySecret, doorDrivers, type Knock, type Verdict } from './support/doors.ts'
import { openWall, type Seen, type Wall, wallKind } from './support/wall.ts'

interface Case {
  readonly id: string
  readonly kind: 'url' | 'dns' | 'redirect' | 'tls'
  readonly expect: string
  readonly input?: string
  readonly reason?: string
}
const cases = JSON.parse(readFileSync(new URL('data/ssrf-cases.json', import.meta.url), 'utf8')) as readonly Case[]
const urlCases = cases.flatMap((entry) => (entry.input === undefined ? [] : [{ ...entry, input: entry.input }]))
const blocked = urlCases.filter((entry) => entry.expect === 'blocked')
const permitted = urlCases.filter((entry) => entry.expect === 'allowed')
const inNamespace = wallKind === 'in a network namespace'

let wall: Wall
/** No private range is open. */
let strict: number
/** What can be reached only where the operator opened a range: in the namespace public addresses are reached anyway. */
let reaching: number
/** All of loopback is open. */
let open: number
let ownUrl: string
const hangingUrl = 'http://d13.example/'
const hanging = new Map<HttpDoor, Promise<Verdict & { readonly ms: number }>>()

async function timed(work: Promise<Verdict>): Promise<Verdict & { readonly ms: number }> {
  const start = performance.now()
  return { ...(await work), ms: performance.now() - start }
}

beforeAll(async () => {
  wall = await openWall()
  const env = { NODE_EXTRA_CA_CERTS: fileURLToPath(new URL('data/tls/ca.pem', import.meta.url)) }
  const loopback = { ...env, SALLYPORT_EGRESS_ALLOW: '127.0.0.0/8,::1/128' }
  const [first, second] = await Promise.all([
    wall.startGateway({ ...env, SALLYPORT_EGRESS_ALLOW: '' }),
    wall.startGateway(loopback),
  ])
  strict = first.index
  open = second.index
  reaching = wall.inNamespace ? strict : open
  ownUrl = second.url
  // They take 5 s each: meanwhile the others go on.
  for (const door of doors) hanging.set(door, timed(doorDrivers[door].knock({ wall, gateway: strict, url: hangingUrl })))
}, 60_000)
afterAll(() => wall?.close())

interface Outcome extends Verdict {
  readonly connections: readonly string[]
  /** Places where a connection or, over one that was open, a request arrived. */
  readonly reached: ReadonlySet<string>
  readonly requests: readonly Extract<Seen, { kind: 'request' }>[]
  readonly asked: readonly string[]
}

/** Sends somebody through a door, and says who was met outside meanwhile. */
async function knock(door: HttpDoor, url: string, more: Partial<Knock> = {}): Promise<Outcome> {
  const before = await wall.seen()
  const verdict = await doorDrivers[door].knock({ wall, gateway: strict, url, ...more })
  const after = await wall.seen()
  const seen = after.seen.slice(before.seen.length)
  return {
    ...verdict,
    reached: new Set(seen.map(({ address, port }) => `${address} ${port}`)),
    connections: seen.flatMap((entry) => (entry.kind === 'connection' ? [`${entry.address} ${entry.port}`] : [])),
    requests: seen.flatMap((entry) => (entry.kind === 'request' ? [entry] : [])),
    asked: after.asked
      .slice(before.asked.length)
      .filter(({ name }) => !hangingUrl.includes(name))
      .map(({ name, type }) => `${name} ${type}`),
  }
}

/** A URL that would reach a canary: in the namespace the port it has anyway is one, on loopback it is put there. */
function towardsCanary(input: string): string {
  return wall.inNamespace
    ? input
    : input.replace(/^(http:\/\/[^/:@\\\s]+|http:\/\/\[[^\]]+\])\/$/, `$1:${wall.layout.canaryPort}/`)
}

let absentNames = 0
const to = (url: string) => `to-${Buffer.from(url, 'utf8').toString('base64url')}`
/** Not reached: refused with a code of the catalogue, nobody met. */
function expectRefused(outcome: Outcome, codes: readonly string[]): void {
  expect(outcome).toMatchObject({ answered: false, connections: [], requests: [] })
  expect(codes).toContain(outcome.code)
}

describe.each(doors)(`door %s, ${wallKind}`, (door) => {
  const driver = doorDrivers[door]

  describe('URLs', () => {
    it.each(blocked)('$id $input reaches nobody and asks no DNS', async ({ input }) => {
      const outcome = await knock(door, towardsCanary(input))
      expectRefused(outcome, ['URL_NOT_ALLOWED', 'INVALID_INPUT', 'UNREACHABLE'])
      expect(outcome.asked).toEqual([])
    })

    it.runIf(inNamespace).each(permitted)(
      '$id $input is reached, so that nobody else being reached means something',
      async ({ input }) => {
        const { hostname, port, protocol, origin, pathname } = new URL(input)
        // A base URL has no query.
        const outcome = await knock(door, driver.takesQuery ? input : `${origin}${pathname}`)
        const address = /^[\d.]+$|^\[/.test(hostname) ? hostname.replace(/[[\]]/g, '') : wall.layout.publicAddress
        expect(outcome.reached).toEqual(new Set([`${address} ${port || (protocol === 'https:' ? 443 : 80)}`]))
        if (protocol === 'http:') expect(outcome.answered).toBe(true)
      },
    )
  })

  describe('DNS', () => {
    const bad = {
      D1: 'd1.example',
      D2: 'd2.example',
      D3: 'd3.example',
      D4: 'd4.example',
      D6: 'd6.example',
      D7: 'd7.example',
      D11: 'd11.example',
      D12: 'd12.example',
      D17: '127.0.0.1.nip.io',
      'NAT64 of metadata': 'nat64.example',
      'CNAME to metadata': 'cname.example',
      'one bad among 500': 'one-bad-of-500.example',
    }
    const elsewhere = ['D8', 'D9', 'D13', 'D14', 'D16']

    it('has every case of the file', () => {
      const listed = [...Object.keys(bad), ...elsewhere]
      expect(cases.filter(({ kind, id }) => kind === 'dns' && !listed.includes(id))).toEqual([])
    })

    it.each(Object.entries(bad))('%s: %s reaches nobody, and fails like a name that is not there', async (_, name) => {
      const outcome = await knock(door, towardsCanary(`http://${name}/`))
      // A new one each time: after a few failures the gateway would not try a connection any more.
      const absent = await knock(door, towardsCanary(`http://absent-${++absentNames}.example/`))
      expectRefused(outcome, ['CONNECTION_REFUSED', 'UNREACHABLE'])
      expect([outcome.code, outcome.detail]).toEqual([absent.code, absent.detail])
      expect(new Set(outcome.asked)).toEqual(new Set([`${name} A`, `${name} AAAA`]))
    })

    it('D8: a name that changes between two answers is asked for once, and the checked address is dialled', async () => {
      const name = `${door.replace('_', '-')}.d8.example`
      const start = new URL(wall.layout.start)
      const outcome = await knock(door, `http://${name}:${start.port || 80}/`, { gateway: reaching })
      expect(outcome.answered).toBe(true)
      expect([...outcome.asked].sort()).toEqual([`${name} A`, `${name} AAAA`])
      expect(outcome.connections).toEqual([`${wall.layout.publicAddress} ${start.port || 80}`])
    })

    it('D9: an open socket is not used any more once the name leads inside', async () => {
      const name = `${door.replace('_', '-')}.d9.example`
      const url = `http://${name}:${new URL(wall.layout.start).port || 80}/`
      for (let i = 0; i < 2; i++) expect((await knock(door, url, { gateway: reaching })).answered).toBe(true)
      await wall.flip(name)
      const turned = await knock(door, url, { gateway: inNamespace ? reaching : strict })
      expectRefused(turned, ['CONNECTION_REFUSED', 'UNREACHABLE'])
    })

    it('D13: a resolver that hangs ends after 5 s', async () => {
      const verdict = await hanging.get(door)
      expect(verdict).toMatchObject({
        answered: false,
        code: ['reach', 'secret_manager'].includes(door) ? 'UNREACHABLE' : 'CONNECTION_REFUSED',
      })
      expect(verdict?.ms).toBeGreaterThan(1000)
      expect(verdict?.ms).toBeLessThan(6500)
    })

    it('D14: of 500 good addresses one is dialled', async () => {
      const port = new URL(wall.layout.start).port || '80'
      const outcome = await knock(door, `http://d14.example:${port}/`, { gateway: reaching })
      expect(outcome.answered).toBe(true)
      expect(outcome.reached).toEqual(new Set([`${wall.layout.publicAddress} ${port}`]))
    })

    it.each(['crm', 'wiki', 'wpad', 'db.internal', 'printer.local'])(
      'D16: %s, which the hosts file or a search domain may know, is refused without a lookup',
      async (name) => {
        const outcome = await knock(door, towardsCanary(`http://${name}/`))
        expectRefused(outcome, ['URL_NOT_ALLOWED', 'INVALID_INPUT', 'UNREACHABLE'])
        expect(outcome.asked).toEqual([])
      },
    )
  })

  describe('redirects', () => {
    const metadata = 'http://169.254.169.254/latest/meta-data/'
    const targets: Readonly<Record<string, { status?: number; to: string }>> = {
      R1: { status: 301, to: metadata },
      R2: { to: metadata },
      '303 to metadata': { status: 303, to: metadata },
      R4: { status: 307, to: metadata },
      R5: { status: 308, to: metadata },
      R6: { to: '//169.254.169.254/' },
      R7: { to: 'file:///etc/passwd' },
      R9: { to: 'http://inside.example/' },
      R10: { to: 'http://2130706433/' },
      R12: { to: 'http://user:pass@ok.example/' },
      R20: { to: 'file:///etc/passwd' },
      'R20 (metadata)': { to: metadata },
      'a URL that is none': { to: 'http://[::1' },
      'javascript:': { to: 'javascript:alert(1)' },
    }
    /** R19 is for the door of OAuth tokens; that no write follows a redirect, whatever its door, egress-ssrf.test.ts says. */
    const elsewhere = ['R11', 'R14', 'R15', 'R16', 'R17', 'R19', 'R21']
    /** Everywhere a redirect could lead, so that it is the guard that stops it, not the allowlist of the connector. */
    const patterns = () => [
      ...[wall.layout.start, wall.layout.elsewhere, wall.layout.secureStart].map((origin) => `${origin}/*`),
      ...['169.254.169.254', 'inside.example', '127.0.0.1', 'ok.example'].map((host) => `http://${host}/*`),
      `${ownUrl}/*`,
    ]
    const follow = (path: string, more: Partial<Knock> = {}) =>
      knock(door, `${wall.layout.start}${path}`, { gateway: reaching, patterns: patterns(), ...more })

    it('has every case of the file', () => {
      const listed = [...Object.keys(targets), ...elsewhere]
      expect(cases.filter(({ kind, id }) => kind === 'redirect' && !listed.includes(id))).toEqual([])
    })

    it.each(Object.entries(targets))('%s leads nowhere', async (_, { status = 302, to: target }) => {
      const outcome = await follow(`/r/${status}/${to(target)}`)
      expect(outcome.requests.map(({ url }) => url.slice(0, 6))).toEqual([`/r/${status}`])
      expect(outcome.connections.length).toBeLessThan(2)
      if (driver.followsRedirects) expect(['URL_NOT_ALLOWED', 'CONNECTION_REFUSED']).toContain(outcome.code)
      else expect(outcome.answered).toBe(true)
    })

    it('R11: from https to http leads nowhere', async () => {
      const outcome = await knock(door, `${wall.layout.secureStart}/r/302/${to(`${wall.layout.start}/`)}`, {
        gateway: reaching,
        patterns: patterns(),
      })
      expect(outcome.requests.length).toBe(1)
      if (driver.followsRedirects) expect(outcome.code).toBe('URL_NOT_ALLOWED')
      else expect(outcome.answered).toBe(true)
    })

    it('R14: to another origin no credential goes along', async () => {
      const outcome = await follow(`/r/302/${to(`${wall.layout.elsewhere}/landed`)}`)
      const keys = outcome.requests.map(({ headers }) => headers['x-canary-key'])
      const first = driver.sendsCredential ? canarySecret : undefined
      expect(keys).toEqual(driver.followsRedirects ? [first, undefined] : [first])
      expect(outcome.answered).toBe(true)
    })

    it.runIf(door === 'call')('R15: a write is never sent on', async () => {
      const outcome = await follow(`/r/307/${to(`${wall.layout.elsewhere}/landed`)}`, { method: 'POST' })
      expect(outcome.requests.map(({ method }) => method)).toEqual(['POST'])
      expect(outcome).toMatchObject({ answered: true, code: 'UPSTREAM_ERROR' })
    })

    it('R16: without a Location it is an answer like any other', async () => {
      const outcome = await follow('/r/302')
      expect(outcome.answered).toBe(true)
      // An import looks around for the description, at the same server.
      expect(outcome.requests.length).toBeLessThanOrEqual(door === 'spec_import' ? 10 : 1)
      expect(new Set(outcome.requests.map(({ headers }) => headers.host))).toHaveProperty('size', 1)
    })

    it('R17: a Refresh header leads nowhere', async () => {
      const outcome = await follow('/refresh')
      expect(outcome).toMatchObject({ answered: true, requests: { length: 1 } })
    })

    it('R21: nothing leads to the gateway itself, though its range is open', async () => {
      const own = `${ownUrl}/api/v1/session`
      expectRefused(await knock(door, own, { gateway: open }), ['URL_NOT_ALLOWED', 'UNREACHABLE'])
      if (!driver.followsRedirects) return
      const port = wall.inNamespace ? '' : `:${wall.layout.canaryPort}`
      const outcome = await knock(door, `http://127.0.0.1${port}/r/302/${to(own)}`, {
        gateway: open,
        patterns: [...patterns(), `http://127.0.0.1${port}/*`],
      })
      expect(outcome).toMatchObject({ answered: false, code: 'URL_NOT_ALLOWED', requests: { length: 1 } })
    })
  })
})

describe(`afterwards, ${wallKind}`, () => {
  it('every call has one record, and there is no other', async () => {
    for (const gateway of [strict, open]) {
      const records: { id: string }[] = []
      for (let cursor = ''; records.length === 0 || cursor !== ''; ) {
        const page = await wall.ask({ gateway, method: 'GET', path: `/api/v1/calls?limit=200${cursor && `&cursor=${cursor}`}` })
        records.push(...page.json.items)
        cursor = page.json.next_cursor ?? ''
      }
      const made = callsMade.filter((call) => call.gateway === gateway).map(({ id }) => id)
      expect(records.map(({ id }) => id).sort()).toEqual(made.sort())
      expect(records.length).toBeGreaterThan(0)
    }
  })

  it('the secret is in no log, and was seen by nobody but the API it is for', async () => {
    for (const gateway of [strict, open]) expect(await wall.output(gateway)).not.toContain(canarySecret)
    const { seen } = await wall.seen()
    const informed = seen.filter((entry) => entry.kind === 'request' && JSON.stringify(entry).includes(canarySecret))
    expect(informed.length).toBeGreaterThan(0)
    for (const entry of informed)
      expect(entry).toMatchObject({
        url: expect.stringMatching(/\/(?:read|write|chat\/completions)$|\/v1\/secret\/data\/sallyport\//),
      })
  })

  it.runIf(inNamespace)('the kernel has counted no connection and no datagram that is not accounted for', async () => {
    const { tcpOpened, datagramsSent, explained } = await wall.counters()
    expect({ connections: tcpOpened, datagrams: datagramsSent }).toEqual(explained)
    expect(explained.connections).toBeGreaterThan(40)
  })
})
