import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import dashboard from '../../deploy/grafana-dashboard.json' with { type: 'json' }
import { parentOf } from '../src/call/telemetry.ts'
import { ConfigError, parseConfig } from '../src/config.ts'
import { knowsOne, openEntrance } from './http-harness.ts'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** One real gateway with a real collector beside it: what Prometheus reads, and what OTLP carries. */

const metricsToken = 'metrics-token-of-the-tests-0123456789'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const inputCanary = 9_182_736_455

interface Value {
  readonly stringValue?: string
  readonly intValue?: number
}
interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Value }[]
  readonly status: { readonly code?: number }
}

let gateway: GatewayProcess
const upstream = new CountingUpstream()
const collector = new CountingUpstream()

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const scrape = (headers: Record<string, string> = bearer(metricsToken)) => fetch(`${gateway.url}/metrics`, { headers })

async function call(action: string, headers: Record<string, string> = {}, input: object = {}): Promise<string> {
  const answer = await fetch(`${gateway.url}/api/v1/calls`, {
    method: 'POST',
    headers: { ...bearer(gateway.token), 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ connector: 'ledger', action, input }),
  })
  const { id, call_id } = (await answer.json()) as { id?: string; call_id?: string }
  return call_id ?? id ?? ''
}

/** A sample is a name, labels in braces, and a number; every one is of a family with a type. Throws for anything else. */
function parsePrometheus(text: string): Map<string, number> {
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line)
    if (type?.[1] !== undefined && type[2] !== undefined) types.set(type[1], type[2])
    if (line.startsWith('#')) continue
    const [, name = '', labels = '', value = ''] =
      /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/.exec(line) ?? []
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')
    if (!types.has(family) || Number.isNaN(Number(value.replace('+Inf', 'Infinity')))) throw new Error(`no sample: ${line}`)
    samples.set(name + labels.replace(/otel_scope_\w+="[^"]*",?/g, ''), Number(value))
  }
  return samples
}

/** The spans of a call, once the collector has them all. */
async function spansOf(id: string): Promise<{ whole: Span; parts: Span[] }> {
  for (;;) {
    const spans = collector.seen
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(({ body }): Span[] =>
        JSON.parse(body).resourceSpans.flatMap((each: { scopeSpans: { spans: Span[] }[] }) =>
          each.scopeSpans.flatMap((s) => s.spans),
        ),
      )
    const whole = spans.find(({ attributes }) => attributes.some(({ value }) => value.stringValue === id))
    if (whole !== undefined) return { whole, parts: spans.filter(({ parentSpanId }) => parentSpanId === whole.spanId) }
    await collector.until(collector.seen.length + 1)
  }
}

beforeAll(async () => {
  await upstream.start()
  await collector.start()
  gateway = await startGatewayProcess({
    env: {
      SALLYPORT_METRICS_TOKEN: metricsToken,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=collector-key-0123456789',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
    },
  })
  await connectLedger(gateway.client(), upstream)
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
  await collector.stop()
  await removeDataDir(gateway.dataDir)
})

describe('the figures for Prometheus', () => {
  test('are for whoever has the token of the operator, and for no owner of a workspace', async () => {
    expect((await scrape({})).status).toBe(401)
    expect((await scrape(bearer(gateway.token))).status).toBe(401)
    expect((await scrape(bearer(`${metricsToken}x`))).status).toBe(401)
    const answer = await scrape()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('are not there where the operator sets no token', async () => {
    const entrance = await openEntrance({ access: knowsOne, metrics: null })
    expect((await entrance.ask('/metrics', { headers: bearer('') })).status).toBe(404)
    await entrance.close()
    expect(parseConfig({}).telemetry).toBeUndefined()
    expect(() => parseConfig({ SALLYPORT_METRICS_TOKEN: 'short' })).toThrow(ConfigError)
    expect(() => parseConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toThrow(ConfigError)
  })

  test('count calls, faults and what waits, by labels that nobody can make up', async () => {
    await call('look')
    await call('look')
    await call('pay_asked', {}, { amount: inputCanary })
    await call('made-up-action')
    upstream.behave = (_request, response) => void response.socket?.destroy()
    await call('pay')
    upstream.reset()
    await fetch(`${gateway.url}/api/v1/calls`, {
      method: 'POST',
      headers: { ...bearer(gateway.token), 'content-type': 'application/json' },
      body: JSON.stringify({ connector: 'made-up-connector', action: 'x', input: {} }),
    })
    const text = await (await scrape()).text()
    const samples = parsePrometheus(text)
    const count = (pattern: RegExp) =>
      [...samples].filter(([name]) => pattern.test(name)).reduce((sum, [, value]) => sum + value, 0)
    expect(count(/^sallyport_calls_total\{.*kind="http".*entrance="http".*status="succeeded"/)).toBe(2)
    expect(count(/^sallyport_calls_total\{.*status="pending_approval"/)).toBe(1)
    expect(count(/^sallyport_calls_total\{.*status="failed".*code="\w+"/)).toBe(3)
    expect(count(/^sallyport_call_duration_seconds_count\{.*status="succeeded"/)).toBe(2)
    expect(count(/^sallyport_call_duration_seconds_bucket\{.*status="succeeded".*le="\+Inf"/)).toBe(2)
    expect(count(/^sallyport_egress_failures_total\{.*door="call".*fault="broken"/)).toBe(1)
    expect(count(/^sallyport_approvals_pending\b/)).toBe(1)
    expect(count(/^sallyport_log_unwritten\b/)).toBe(0)
    expect(count(/^sallyport_process_memory_bytes\b/)).toBeGreaterThan(10_000_000)
    expect(count(/^sallyport_process_cpu_time_seconds_total\b/)).toBeGreaterThan(0)
    expect(count(/^sallyport_process_event_loop_active_seconds_total\b/)).toBeGreaterThan(0)
    expect(text).not.toMatch(/made-up|ledger/)
  })

  test('have the names that the dashboard for Grafana asks for', async () => {
    const samples = [...parsePrometheus(await (await scrape()).text()).keys()].map((name) => name.replace(/\{.*/, ''))
    const asked = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/sallyport_\w+/g) ?? []))
    expect(asked.length).toBeGreaterThan(8)
    expect(asked.filter((name) => !samples.includes(name))).toEqual([])
  })
})

describe('the traces for OpenTelemetry', () => {
  test('have a span for a call and its stages, under the span of the caller', async () => {
    const id = await call('look', { traceparent: `00-${traceId}-${spanId}-01` })
    const { whole, parts } = await spansOf(id)
    expect(whole).toMatchObject({ traceId, parentSpanId: spanId, name: 'ledger.look', kind: 2 })
    expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['authenticate', 'limit', 'send', 'redact']))
    for (const part of parts) {
      expect(part.traceId).toBe(traceId)
      expect(BigInt(part.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(whole.startTimeUnixNano))
      expect(BigInt(part.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(part.startTimeUnixNano))
    }
    expect(parts.find(({ name }) => name === 'send')?.kind).toBe(3)
    const attributes = Object.fromEntries(whole.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
    expect(attributes).toMatchObject({
      'sallyport.connector': 'ledger',
      'sallyport.action': 'look',
      'http.response.status_code': 200,
    })
  })

  test('have one of their own where the caller names none that is valid, and fail with the call', async () => {
    upstream.behave = (_request, response) => void response.writeHead(404).end()
    const { whole, parts } = await spansOf(await call('look', { traceparent: `00-${'0'.repeat(32)}-${spanId}-01` }))
    upstream.reset()
    expect(whole.parentSpanId ?? '').toBe('')
    expect(whole.traceId).not.toMatch(/^0+$/)
    expect(whole.status.code).toBe(2)
    expect(parts.filter(({ status }) => status.code === 2)).toHaveLength(1)
  })

  test('go where the operator says alone, with no secret and nothing of what was asked', async () => {
    await call('look', { traceparent: `00-${traceId}-${spanId}-00` })
    await call('pay', {}, { amount: inputCanary })
    const waiting = collector.seen.length
    await spansOf(await call('look'))
    while (!collector.seen.slice(waiting).some(({ path }) => path === '/v1/metrics'))
      await collector.until(collector.seen.length + 1)
    const all = collector.seen.map(({ body }) => body).join('\n')
    expect(all).toContain('sallyport.calls')
    expect(all).toContain('"deployment.environment.name"')
    for (const secret of ['ledger-key-0123456789', gateway.token, metricsToken, String(inputCanary), upstream.url])
      expect(all).not.toContain(secret)
    for (const { headers } of collector.seen) expect(headers['x-collector-key']).toBe('collector-key-0123456789')
    expect(gateway.output()).not.toContain('collector-key-0123456789')
  })

  test('are joined only where the header is as W3C Trace Context has it', () => {
    expect(parentOf(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true })
    expect(parentOf(`cc-${traceId}-${spanId}-00-more`)).toMatchObject({ traceFlags: 0 })
    const bad = [
      '',
      'x',
      `ff-${traceId}-${spanId}-01`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
    ]
    expect(bad.map(parentOf)).toEqual(bad.map(() => undefined))
  })
})

test('calls go on, and the stop is not held up, while the collector is away', async () => {
  collector.behave = () => {} // takes what comes, and never answers
  expect(await call('look')).toMatch(/^call_/)
  expect(await gateway.stop()).toBe(0)
})
