import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEgress, type EgressOptions } from '../src/egress/egress.ts'
import { createGuard, type Target } from '../src/egress/guard.ts'
import { createSystemResolver } from '../src/egress/resolve.ts'
import { type Egress, EgressError, type EgressRequest } from '../src/egress/types.ts'
import { type Canary, resolverOf, startCanary, watchDials } from './support/canary.ts'
import { type DnsRecord, type DnsServer, startDns, type Zone } from './support/canary-dns.ts'

interface Case {
  readonly id: string
  readonly kind: 'url' | 'dns' | 'redirect' | 'tls'
  readonly expect: string
  readonly input?: string
  readonly reason?: string
  readonly setup?: string
}

const cases = JSON.parse(readFileSync(new URL('data/ssrf-cases.json', import.meta.url), 'utf8')) as readonly Case[]
const urlCases = cases.flatMap((entry) => (entry.input === undefined ? [] : [{ ...entry, input: entry.input }]))
const cleanups: (() => Promise<void> | void)[] = []

function egressWith(options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ allow: [], resolver: resolverOf({}), ...options })
  cleanups.push(() => egress.close())
  return egress
}

async function canaryAt(host = '127.0.0.1', listener?: Parameters<typeof startCanary>[0]): Promise<Canary> {
  const canary = await startCanary(listener, { host })
  cleanups.push(() => canary.close())
  return canary
}

function get(egress: Egress, url: string, more: Partial<EgressRequest> = {}) {
  return egress.request({ door: 'call', method: 'GET', url, headers: {}, timeoutMs: 5000, maxResponseBytes: 10_000, ...more })
}

async function faultOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EgressError)
  return error as EgressError
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

it('covers every case of the file', () => {
  const count = (kind: string) => cases.filter((entry) => entry.kind === kind).length
  expect({ url: urlCases.length, dns: count('dns'), redirect: count('redirect'), tls: count('tls') }).toEqual({
    url: 111,
    dns: 14,
    redirect: 17,
    tls: 7,
  })
})

describe('URLs', () => {
  const blocked = urlCases.filter((entry) => entry.expect === 'blocked')
  const allowed = urlCases.filter((entry) => entry.expect === 'allowed')
  const guard = createGuard({ allow: [], ownSockets: () => [] })

  it.each(blocked)('$id $input is refused without DNS and without a socket ($reason)', async ({ id, input, reason }) => {
    const resolver = resolverOf({})
    const egress = egressWith({ resolver })
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    // The file was written with Node 20, whose URL parser refused `xn--` itself.
    expect(guard.judge(input)).toBe(id === 'U107' ? 'deny:hostname' : reason)
    expect(() => egress.checkUrl(input)).toThrow(EgressError)
    expect(await faultOf(get(egress, input))).toMatchObject({ fault: 'blocked', sent: false })
    expect({ dials: watch.dials, asked: resolver.asked }).toEqual({ dials: [], asked: [] })
  })

  it.each(blocked.filter(({ input }) => /^http:\/\/[^/]+\/$/.test(input) && !/:\d+\/$/.test(input)))(
    '$id $input does not reach a server that listens on loopback',
    async ({ input }) => {
      const canary = await canaryAt()
      expect((await faultOf(get(egressWith(), input.replace(/\/$/, `:${canary.port}/`)))).fault).toBe('blocked')
      expect(canary.connections).toBe(0)
    },
  )

  it('the same server is reached where the operator lists its range, so that zero connections mean something', async () => {
    const canary = await canaryAt()
    const egress = egressWith({ allow: ['127.0.0.1/32'] })
    for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', 'localhost', 'foo.localhost', '①②⑦.⓪.⓪.①']) {
      expect((await get(egress, `http://${host}:${canary.port}/`)).status).toBe(200)
    }
    expect(canary.seen.length).toBe(7)
  })

  it.each(allowed)('$id $input passes ($reason)', async ({ input, reason }) => {
    const target = guard.judge(input) as Target
    expect(target).not.toBeTypeOf('string')
    expect(() => egressWith().checkUrl(input)).not.toThrow()
    if (reason === 'allow') {
      expect(target.addresses).toEqual([target.host])
      return
    }
    // The name is looked up, as an absolute one, and then judged by its addresses.
    const name = `${target.host}.`
    const resolver = resolverOf({ [name]: ['10.0.0.1'] })
    expect((await faultOf(get(egressWith({ resolver }), input))).fault).toBe('unresolvable')
    expect(resolver.asked).toEqual([name])
  })

  it('nothing opens metadata addresses, not even the whole Internet', async () => {
    const egress = egressWith({ allow: ['0.0.0.0/0', '::/0'] })
    const metadata = [
      '169.254.169.254',
      '169.254.170.2',
      '100.100.100.200',
      '192.0.0.192',
      '168.63.129.16',
      '[fd00:ec2::254]',
      '[fd20:ce::254]',
      '[fe80::a9fe:a9fe]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::a9fe:a9fe]',
      '[2002:a9fe:a9fe::]',
      '[::a9fe:a9fe]',
      'metadata.google.internal',
      'metadata',
      'instance-data',
    ]
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    for (const host of metadata) expect((await faultOf(get(egress, `http://${host}/`))).fault, host).toBe('blocked')
    expect(watch.dials).toEqual([])
  })
})

describe('DNS', () => {
  const publicA: DnsRecord = { type: 'A', address: '93.184.216.34' }
  const bad: Record<string, { zone: Zone; names?: Record<string, Zone> }> = {
    D1: { zone: () => [{ type: 'A', address: '127.0.0.1' }] },
    D2: { zone: () => [{ type: 'A', address: '10.0.0.5' }] },
    D3: { zone: () => [{ type: 'AAAA', address: '::1' }] },
    D4: { zone: () => [{ type: 'AAAA', address: '::ffff:a9fe:a9fe' }] },
    D6: { zone: () => [publicA, { type: 'A', address: '127.0.0.1' }] },
    D7: { zone: () => [publicA, { type: 'AAAA', address: 'fd00::1' }] },
    D17: { zone: () => [{ type: 'A', address: '127.0.0.1' }] },
    'NAT64 of metadata': { zone: () => [{ type: 'AAAA', address: '64:ff9b::a9fe:a9fe' }] },
    'CNAME to metadata': {
      zone: () => [
        { type: 'CNAME', target: 'metadata.google.internal' },
        { type: 'A', address: '169.254.169.254' },
      ],
    },
    'bad one among 500': { zone: () => [...Array.from({ length: 499 }, () => publicA), { type: 'A', address: '127.0.0.1' }] },
  }
  const none: Record<string, Zone> = { D11: () => 'nxdomain', D12: () => [] }
  /** Elsewhere in this file. */
  const elsewhere = ['D8', 'D9', 'D13', 'D14', 'D16']

  it('has a test for each case of the file', () => {
    const listed = [...Object.keys(bad), ...Object.keys(none), ...elsewhere]
    expect(cases.filter(({ kind, id }) => kind === 'dns' && !listed.includes(id))).toEqual([])
  })

  async function dnsEgress(
    zones: Record<string, Zone>,
    options: Partial<EgressOptions> = {},
    ttl = 0,
  ): Promise<{ egress: Egress; dns: DnsServer }> {
    const dns = await startDns(zones, ttl)
    cleanups.push(() => dns.close())
    const resolver = createSystemResolver({ internalNames: false, servers: [dns.address] })
    return { egress: egressWith({ resolver, ...options }), dns }
  }

  it.each(Object.entries(bad))('%s: any bad answer spoils the name', async (id, { zone }) => {
    const name = id === 'D17' ? '127.0.0.1.nip.io' : 'spoiled.example'
    const canary = await canaryAt()
    const { egress, dns } = await dnsEgress({ [name]: zone })
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    expect(await faultOf(get(egress, `http://${name}:${canary.port}/`))).toMatchObject({ fault: 'unresolvable', sent: false })
    expect(watch.dials).toEqual([])
    expect(new Set(dns.asked.map((question) => question.name))).toEqual(new Set([name]))
  })

  it.each(Object.entries(none))('%s: no address fails like a bad one', async (_, zone) => {
    const { egress } = await dnsEgress({ 'absent.example': zone, 'inside.example': () => [{ type: 'A', address: '10.0.0.5' }] })
    const absent = await faultOf(get(egress, 'http://absent.example/'))
    const inside = await faultOf(get(egress, 'http://inside.example/'))
    expect(absent).toMatchObject({ fault: 'unresolvable', sent: false })
    expect(inside).toMatchObject({ fault: 'unresolvable', sent: false })
    expect(absent.message.replace('absent', 'inside')).toBe(inside.message)
  })

  it('D8: a name is resolved once, and the socket goes to the address that was checked', async () => {
    const canary = await canaryAt('127.0.0.2')
    const { egress, dns } = await dnsEgress(
      { 'rebind.example': ({ count }) => [{ type: 'A', address: count === 1 ? '127.0.0.2' : '127.0.0.1' }] },
      { allow: ['127.0.0.2/32'] },
    )
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    expect((await get(egress, `http://rebind.example:${canary.port}/`)).status).toBe(200)
    expect(dns.asked).toEqual([
      { name: 'rebind.example', type: 'A' },
      { name: 'rebind.example', type: 'AAAA' },
    ])
    expect(watch.dials).toEqual([`127.0.0.2:${canary.port}`])
    expect(canary.seen[0]?.headers.host).toBe(`rebind.example:${canary.port}`)
  })

  it('D9: an open socket is not used once the name leads elsewhere', async () => {
    const first = await canaryAt('127.0.0.2')
    let address = '127.0.0.2'
    const { egress } = await dnsEgress({ 'moves.example': () => [{ type: 'A', address }] }, { allow: ['127.0.0.2/31'] })
    const url = `http://moves.example:${first.port}/`
    await get(egress, url)
    await get(egress, url)
    expect(first).toMatchObject({ connections: 1, seen: { length: 2 } })
    // To another permitted address: nothing listens there on this port, so a pooled socket would be the only way to an answer.
    address = '127.0.0.3'
    expect((await faultOf(get(egress, url))).fault).toBe('refused')
    address = '127.0.0.1'
    expect((await faultOf(get(egress, url))).fault).toBe('unresolvable')
    expect(first.seen.length).toBe(2)
  })

  it('D13: a resolver that hangs fails after its bound', async () => {
    const { egress, dns } = await dnsEgress({ 'hangs.example': () => 'silence' }, { resolveTimeoutMs: 100 })
    const start = performance.now()
    expect(await faultOf(get(egress, 'http://hangs.example/', { timeoutMs: 60_000 }))).toMatchObject({
      fault: 'unresolvable',
      sent: false,
    })
    expect(performance.now() - start).toBeLessThan(2000)
    expect(dns.asked.length).toBeGreaterThan(0)
  })

  it('a request whose time is up while DNS hangs ends with its deadline', async () => {
    const { egress } = await dnsEgress({ 'hangs.example': () => 'silence' })
    expect(await faultOf(get(egress, 'http://hangs.example/', { timeoutMs: 100 }))).toMatchObject({
      fault: 'timeout',
      sent: false,
    })
  })

  it('D14: of 500 addresses all are checked and a few are dialled', async () => {
    // Nothing listens on 127.0.0.2 at this port: each dial is refused at once.
    const canary = await canaryAt('127.0.0.1')
    const { egress } = await dnsEgress(
      {
        'many.example': () =>
          Array.from({ length: 500 }, (_, i): DnsRecord => ({ type: 'A', address: `127.1.${i >> 8}.${i & 255}` })),
      },
      { allow: ['127.0.0.0/8'] },
    )
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    expect(await faultOf(get(egress, `http://many.example:${canary.port}/`))).toMatchObject({ fault: 'refused', sent: false })
    expect(watch.dials.length).toBe(4)
  })

  it('a name with a dead address is reached at its next one', async () => {
    const canary = await canaryAt('127.0.0.1')
    const { egress } = await dnsEgress(
      {
        'two.example': () => [
          { type: 'A', address: '127.0.0.9' },
          { type: 'A', address: '127.0.0.1' },
        ],
      },
      { allow: ['127.0.0.0/8'] },
    )
    expect((await get(egress, `http://two.example:${canary.port}/`, { method: 'POST', body: 'once' })).status).toBe(200)
    expect(canary.seen.map(({ body }) => body)).toEqual(['once'])
  })

  it('D16: a single label is refused before any lookup, and other names are looked up as absolute ones', async () => {
    const resolver = resolverOf({})
    const egress = egressWith({ resolver })
    for (const name of ['crm', 'wpad', 'db.internal', 'printer.local', 'api.prod.svc']) {
      expect((await faultOf(get(egress, `http://${name}/`))).fault).toBe('blocked')
    }
    expect(resolver.asked).toEqual([])
    await faultOf(get(egress, 'http://api.example.com/'))
    expect(resolver.asked).toEqual(['api.example.com.'])
  })

  it('names of the own network pass where the operator opened it, and only into what they opened', async () => {
    const canary = await canaryAt()
    const resolver = resolverOf({
      crm: ['127.0.0.1'],
      'db.internal': ['10.0.0.1'],
      outside: ['93.184.216.34'],
      mixed: ['127.0.0.1', '10.0.0.1'],
    })
    const egress = egressWith({ resolver, allow: ['127.0.0.1/32'] })
    expect((await get(egress, `http://crm:${canary.port}/`)).status).toBe(200)
    for (const name of ['db.internal', 'outside', 'mixed'])
      expect((await faultOf(get(egress, `http://${name}:${canary.port}/`))).fault).toBe('unresolvable')
    expect(canary.connections).toBe(1)
  })

  it('an answer is kept for its TTL, and a TTL of 0 not at all', async () => {
    const canary = await canaryAt()
    const zone: Zone = () => [{ type: 'A', address: '127.0.0.1' }]
    for (const [ttl, lookups] of [
      [0, 3],
      [60, 1],
    ] as const) {
      const { egress, dns } = await dnsEgress({ 'kept.example': zone }, { allow: ['127.0.0.1/32'] }, ttl)
      for (let i = 0; i < 3; i++) await get(egress, `http://kept.example:${canary.port}/`)
      expect(dns.asked.filter(({ type }) => type === 'A').length).toBe(lookups)
    }
  })

  it('requests that ask for the same name together share one lookup', async () => {
    const canary = await canaryAt()
    const { egress, dns } = await dnsEgress(
      { 'shared.example': () => [{ type: 'A', address: '127.0.0.1' }] },
      { allow: ['127.0.0.1/32'] },
    )
    await Promise.all(Array.from({ length: 20 }, () => get(egress, `http://shared.example:${canary.port}/`)))
    expect(dns.asked.length).toBe(2)
    expect(canary.seen.length).toBe(20)
  })
})

describe('redirects', () => {
  let canary: Canary
  let location: string | undefined
  let status: number
  let extra: Record<string, string>

  beforeEach(async () => {
    location = undefined
    status = 302
    extra = {}
    canary = await canaryAt('127.0.0.1', (request, response) => {
      if (request.url !== '/start') return response.end('arrived')
      return response.writeHead(status, { ...extra, ...(location === undefined ? {} : { location }) }).end('moved')
    })
  })

  const follow = (egress: Egress, more: Partial<EgressRequest> = {}) =>
    get(egress, `${canary.origin}/start`, { redirects: 'follow', ...more })
  const metadata = 'http://169.254.169.254/latest/meta-data/'
  const refused: Record<string, { to: string; status?: number; fault?: 'unresolvable' }> = {
    R1: { to: metadata, status: 301 },
    R2: { to: metadata },
    '303 to metadata': { to: metadata, status: 303 },
    R4: { to: metadata, status: 307 },
    R5: { to: metadata, status: 308 },
    R6: { to: '//169.254.169.254/' },
    R7: { to: 'file:///etc/passwd' },
    R9: { to: 'http://inside.example/', fault: 'unresolvable' },
    R10: { to: 'http://2130706434/' },
    R12: { to: 'http://user:pass@ok.example/' },
    R20: { to: 'file:///etc/passwd' },
    'R20 (metadata)': { to: metadata },
    'a URL that is none': { to: 'http://[::1' },
    'javascript:': { to: 'javascript:alert(1)' },
  }
  /** Elsewhere in this file, or in egress-tls.test.ts (R11). */
  const elsewhere = ['R11', 'R14', 'R15', 'R16', 'R17', 'R19', 'R21']

  it('has a test for each case of the file', () => {
    const listed = [...Object.keys(refused), ...elsewhere]
    expect(cases.filter(({ kind, id }) => kind === 'redirect' && !listed.includes(id))).toEqual([])
  })

  it.each(Object.entries(refused))('%s is blocked at the second hop', async (_, redirect) => {
    location = redirect.to
    status = redirect.status ?? 302
    const egress = egressWith({
      allow: ['127.0.0.1/32'],
      resolver: resolverOf({ 'inside.example.': ['10.0.0.1'], 'ok.example.': ['127.0.0.1'] }),
    })
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    expect(await faultOf(follow(egress))).toMatchObject({ fault: redirect.fault ?? 'blocked', sent: true })
    expect(watch.dials.length).toBe(1)
    expect(canary.seen.map(({ url }) => url)).toEqual(['/start'])
  })

  it.each(['none', undefined] as const)('are answers like any other unless they are to be followed (%s)', async (redirects) => {
    location = metadata
    const answer = await get(
      egressWith({ allow: ['127.0.0.1/32'] }),
      `${canary.origin}/start`,
      redirects === undefined ? {} : { redirects },
    )
    expect(answer).toMatchObject({ status: 302, headers: { location: metadata } })
    expect(answer.body.toString()).toBe('moved')
  })

  it.each([
    ['R15', 307],
    ['R19', 307],
    ['303 after POST', 303],
    ['301 after POST', 301],
  ])('%s: a write is never sent on', async (_, code) => {
    location = '/elsewhere'
    status = code
    const answer = await follow(egressWith({ allow: ['127.0.0.1/32'] }), { method: 'POST', body: 'grant_type=refresh_token' })
    expect(answer.status).toBe(code)
    expect(canary.seen.length).toBe(1)
  })

  it('R16: without a Location they are returned as they are', async () => {
    expect((await follow(egressWith({ allow: ['127.0.0.1/32'] }))).status).toBe(302)
  })

  it('R17: a Refresh header is not followed', async () => {
    status = 200
    extra = { refresh: `0; url=${metadata}` }
    expect((await follow(egressWith({ allow: ['127.0.0.1/32'] }))).status).toBe(200)
    expect(canary.seen.length).toBe(1)
  })

  it('R21: the own sockets of the gateway are never dialled, though their range is open', async () => {
    const own = await canaryAt('127.0.0.1')
    location = `http://127.0.0.1:${own.port}/api/v1/tokens`
    for (const address of ['127.0.0.1', '0.0.0.0', '::']) {
      const egress = egressWith({
        allow: ['127.0.0.0/8', '::1/128'],
        ownSockets: () => [{ address, port: own.port }],
        resolver: resolverOf({ 'own.example.': ['127.0.0.1'] }),
      })
      expect((await faultOf(follow(egress))).fault).toBe('blocked')
      for (const host of ['127.0.0.1', 'localhost', 'own.example']) {
        const { fault } = await faultOf(get(egress, `http://${host}:${own.port}/`))
        expect(fault, `${host} as ${address}`).toBe(host === 'own.example' ? 'unresolvable' : 'blocked')
      }
    }
    expect(own.connections).toBe(0)
  })

  it('may be limited further by the caller: the allowlist of a connector', async () => {
    location = '/elsewhere'
    const asked: string[] = []
    const answer = follow(egressWith({ allow: ['127.0.0.1/32'] }), { mayRedirectTo: (url) => asked.push(url) === 0 })
    expect(await faultOf(answer)).toMatchObject({ fault: 'blocked', sent: true })
    expect(asked).toEqual([`${canary.origin}/elsewhere`])
    expect(canary.seen.length).toBe(1)
  })
})

it('keeps a listener on every address apart from one that merely shares the port', () => {
  // A wildcard listener is reached through any local address; a public address with the same port is somebody else.
  const guard = createGuard({ allow: ['127.0.0.0/8'], ownSockets: () => [{ address: '0.0.0.0', port: 8080 }] })
  expect(guard.judge('http://127.0.0.7:8080/')).toBe('deny:self')
  expect(guard.judge('http://127.0.0.7:8081/')).not.toBeTypeOf('string')
  expect(guard.judge('http://8.8.8.8:8080/')).not.toBeTypeOf('string')
})

it('refuses to start with a range that is none', () => {
  for (const cidr of ['10.0.0.0', '999.0.0.0/8', '10.0.0.0/33', 'localhost', ''])
    expect(() => createEgress({ allow: [cidr] })).toThrow(/SALLYPORT_EGRESS_ALLOW/)
})
