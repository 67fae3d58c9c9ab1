import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api'
import type { TelemetryConfig } from '../config.ts'
import type { Kind } from '../definition/kinds.ts'
import type { Log } from '../log.ts'
import type { TraceStep } from './types.ts'

/** A call that ended, as its record says it. Never its input, its URL or its answer. */
export interface EndedCall {
  readonly id: string
  readonly workspaceId: string
  readonly entrance: string
  /** Null of a call whose connector was not found: callers may name anything. */
  readonly connector: { readonly id: string; readonly kind: Kind } | null
  readonly action: string | null
  readonly status: string
  readonly errorCode: string | null
  readonly upstreamStatus: number | null
  readonly startedAt: number
  readonly durationMs: number
  /** What the caller's own trace says of itself (W3C Trace Context). */
  readonly traceparent: string | undefined
  /** Read only where spans are made. */
  steps(): readonly TraceStep[]
}

/** What is only looked at when somebody asks. */
export interface Figures {
  /** Approvals that wait, of all workspaces. */
  pendingApprovals(): Promise<number>
  /** Records of calls that are not in the database yet. */
  unwrittenCalls(): number
}

export interface Telemetry {
  ended(call: EndedCall): void
  /** A request that did not get through, by its way out. */
  egressFailed(door: string, fault: string): void
  /** What is known from now on. */
  observe(figures: Figures): void
  /** What this process has counted, as Prometheus reads it; null without its token. */
  readonly metrics: (() => Promise<string>) | null
  close(): Promise<void>
}

/** Seconds: from a cached answer to the longest deadline. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** For one reading, and for the last words at the end: neither Prometheus nor a stop waits longer. */
const patienceMs = 3_000
/** For a collector to take one lot. */
const exportMs = 10_000
/** A collector that is away is told of this often, at most. */
const complaintMs = 60_000

/** The context of the caller's span; undefined when it says none that is valid. */
export function parentOf(traceparent: string | undefined): SpanContext | undefined {
  const [, version, traceId, spanId, flags] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined || version === 'ff') return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}

const timeOf = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]

/**
 * Loads the SDK of OpenTelemetry and begins to export. Only called where the operator set one of its settings. The collector is
 * the operator's infrastructure, like the database: its address comes from the environment alone, and the SDK dials it itself.
 */
export async function startTelemetry({ otlp, metricsToken }: TelemetryConfig, version: string, log: Log): Promise<Telemetry> {
  const [api, metrics, tracing, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
  ])
  let complainedAt = Number.NEGATIVE_INFINITY
  const quiet = () => {}
  // Its messages quote URLs, headers and answers: that there was one is enough.
  const complain = () => {
    if (performance.now() - complainedAt < complaintMs) return
    complainedAt = performance.now()
    log.warn('figures or traces could not be handed over; see OTEL_EXPORTER_OTLP_ENDPOINT')
  }
  const logger = { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet }
  api.diag.setLogger(logger, { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true })

  const own = resources.resourceFromAttributes({ 'service.name': 'sallyport', 'service.version': version })
  const resource = own.merge(resources.detectResources({ detectors: [resources.envDetector] }))
  const { PrometheusExporter, PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus')
  const prometheus = metricsToken === undefined ? null : new PrometheusExporter({ preventServerStart: true })
  const otlpReaders = []
  const processors = []
  if (otlp !== undefined) {
    const { metricsMs, tracesMs } = otlp
    const [{ OTLPMetricExporter }, { OTLPTraceExporter }] = await Promise.all([
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ])
    otlpReaders.push(
      new metrics.PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: metricsMs,
        exportTimeoutMillis: Math.min(metricsMs, exportMs),
      }),
    )
    processors.push(
      new tracing.BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: tracesMs,
        exportTimeoutMillis: exportMs,
      }),
    )
  }
  const meters = new metrics.MeterProvider({ resource, readers: [...otlpReaders, ...(prometheus === null ? [] : [prometheus])] })
  const tracers = new tracing.TracerProvider({ resource, spanProcessors: processors })
  const meter = meters.getMeter('sallyport', version)
  const tracer = tracers.getTracer('sallyport', version)

  // With the unit in the name it is the same one by way of a collector, which adds it.
  // Labels have few values, all of them ours: a series for each name that somebody made up would be memory without end.
  const calls = meter.createCounter('sallyport.calls', { description: 'Calls that ended, or began to wait for approval.' })
  const durations = meter.createHistogram('sallyport.call.duration.seconds', {
    description: 'From the arrival of a call to its record.',
    unit: 's',
    advice: { explicitBucketBoundaries: buckets },
  })
  const faults = meter.createCounter('sallyport.egress.failures', {
    description: 'Requests without an answer, by their way out.',
  })
  meter
    .createObservableGauge('sallyport.process.memory.bytes', { description: 'Resident memory.', unit: 'By' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()))
  meter
    .createObservableCounter('sallyport.process.cpu.time.seconds', { description: 'CPU time of all threads.', unit: 's' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage()
      result.observe((user + system) / 1e6)
    })
  meter
    .createObservableCounter('sallyport.process.event_loop.active.seconds', {
      description: 'Time in which it was busy.',
      unit: 's',
    })
    .addCallback((result) => result.observe(performance.eventLoopUtilization().active / 1000))

  function span(call: EndedCall): void {
    const parent = parentOf(call.traceparent)
    const context = parent === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, parent)
    const attributes: Attributes = {
      'sallyport.call': call.id,
      'sallyport.workspace': call.workspaceId,
      'sallyport.entrance': call.entrance,
      'sallyport.status': call.status,
      ...(call.connector !== null && { 'sallyport.connector': call.connector.id }),
      ...(call.action !== null && { 'sallyport.action': call.action }),
      ...(call.errorCode !== null && { 'error.type': call.errorCode }),
      ...(call.upstreamStatus !== null && { 'http.response.status_code': call.upstreamStatus }),
    }
    const options = { kind: api.SpanKind.SERVER, startTime: timeOf(call.startedAt), attributes }
    const name = call.connector === null || call.action === null ? 'call' : `${call.connector.id}.${call.action}`
    const whole = tracer.startSpan(name, options, context)
    if (whole.isRecording()) {
      const inside = api.trace.setSpan(context, whole)
      for (const { stage, at_ms, ms, failed } of call.steps()) {
        const kind = stage === 'send' ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL
        const part = tracer.startSpan(stage, { kind, startTime: timeOf(call.startedAt + at_ms) }, inside)
        if (failed) part.setStatus({ code: api.SpanStatusCode.ERROR })
        part.end(timeOf(call.startedAt + at_ms + ms))
      }
    }
    if (call.status === 'failed') whole.setStatus({ code: api.SpanStatusCode.ERROR, message: call.errorCode ?? '' })
    whole.end(timeOf(call.startedAt + call.durationMs))
  }

  const serializer = new PrometheusSerializer()
  return {
    ended(call) {
      const { status, entrance } = call
      const kind = call.connector?.kind ?? 'unknown'
      calls.add(1, { kind, entrance, status, code: call.errorCode ?? '' })
      durations.record(call.durationMs / 1000, { kind, status })
      if (otlp !== undefined) span(call)
    },
    egressFailed: (door, fault) => faults.add(1, { door, fault }),
    observe({ pendingApprovals, unwrittenCalls }) {
      meter
        .createObservableGauge('sallyport.approvals.pending', {
          description: 'Calls of all workspaces that wait for a decision.',
        })
        .addCallback(async (result) => result.observe(await pendingApprovals()))
      meter
        .createObservableGauge('sallyport.log.unwritten', { description: 'Records of calls that wait for the database.' })
        .addCallback((result) => result.observe(unwrittenCalls()))
    },
    metrics:
      prometheus === null
        ? null
        : async () => serializer.serialize((await prometheus.collect({ timeoutMillis: patienceMs })).resourceMetrics),
    async close() {
      // What a collector does not take in time is lost: the gateway does not wait for it.
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, patienceMs)
      await Promise.race([late, Promise.allSettled([meters.shutdown(), tracers.shutdown()])])
      clearTimeout(timer)
    },
  }
}
