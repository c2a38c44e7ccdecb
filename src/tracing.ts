/**
 * Tracing with OpenTelemetry: a span for each request, its operation, and its database statements, with the request id that the commit log
 * also has. Without OTEL_EXPORTER_OTLP_ENDPOINT, nothing of it is loaded. Spans contain no values that were sent or answered, no names and
 * no tokens, because traces go where business data may not.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { Outage } from './outage';

/** Adds attributes that are known once the work has ended. */
export type AddAttributes = (known: Attributes) => void;
type Trace = <T>(
  name: string,
  known: Attributes,
  work: (note: AddAttributes) => Promise<T>,
  from?: Origin,
) => Promise<T>;

/** The incoming request; if its client traces too, our span becomes a child of theirs. */
interface Origin {
  readonly headers: IncomingHttpHeaders;
}

let trace: Trace | null = null;
const unnoted: AddAttributes = () => undefined;

/** Whether tracing is on. */
export const isTraced = (): boolean => trace !== null;

/** Runs work in a child span of the current one. */
export const traced: Trace = (name, known, work, from) => (trace ? trace(name, known, work, from) : work(unnoted));

/**
 * Starts tracing. All other settings come from OpenTelemetry's own variables (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS,
 * OTEL_TRACES_SAMPLER …), which its packages read.
 * @param endpoint the collector, as in OTEL_EXPORTER_OTLP_ENDPOINT
 * @returns a function that flushes the remaining spans and stops tracing
 */
export async function startTracing(
  endpoint: string,
  logger: Pick<Logger, 'warn' | 'info'>,
): Promise<() => Promise<void>> {
  const [
    api,
    { AsyncLocalStorageContextManager },
    { W3CTraceContextPropagator },
    sdk,
    { OTLPTraceExporter },
    resources,
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { context, propagation, SpanKind, SpanStatusCode } = api;
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const outage = new Outage(logger, { begins: 'traces cannot be sent', ends: 'traces are sent again' });
  const processor = new sdk.BatchSpanProcessor({
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error) outage.failed(result.error);
        else outage.succeeded();
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  });
  const service = resources.resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'phaseledger' });
  const provider = new sdk.BasicTracerProvider({
    resource: resources.defaultResource().merge(service),
    spanProcessors: [processor],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const tracer = provider.getTracer('phaseledger');

  trace = (name, known, work, from) => {
    const parent = from ? propagation.extract(api.ROOT_CONTEXT, from.headers) : context.active();
    const kind = from ? SpanKind.SERVER : SpanKind.INTERNAL;
    return tracer.startActiveSpan(name, { kind, attributes: known }, parent, async (span) => {
      try {
        return await work((more) => span.setAttributes(more));
      } catch (error) {
        // The error's message is left out, since it may contain input.
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
  return async () => {
    trace = null;
    // An unreachable collector must not delay the shutdown.
    await provider.shutdown().catch((err: unknown) => logger.warn({ err }, 'the last traces were not sent'));
    context.disable();
    propagation.disable();
  };
}
