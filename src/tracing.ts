/**
 * Traces, for who watches with OpenTelemetry: a span for each request, for its operation, and for what they ask the database, with the
 * request's id, which the log of commits has as well. Without OTEL_EXPORTER_OTLP_ENDPOINT nothing of it is loaded, and nothing done.
 * A span has no value that was sent or answered, nobody's name and no token: traces go where business data may not.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { Outage } from './database/outage';

/** What is known of a piece of work when it has ended. */
export type Noting = (known: Attributes) => void;
type Trace = <T>(name: string, known: Attributes, work: (note: Noting) => Promise<T>, from?: Origin) => Promise<T>;

/** Whose request it is: of a client that traces as well, it is below theirs. */
interface Origin {
  readonly headers: IncomingHttpHeaders;
}

let trace: Trace | null = null;
const unnoted: Noting = () => undefined;

/** Whether anybody watches. */
export const isTraced = (): boolean => trace !== null;

/** Does a piece of work, in a span of its own below the one that it is done in. */
export const traced: Trace = (name, known, work, from) => (trace ? trace(name, known, work, from) : work(unnoted));

/**
 * From now on there are spans; other settings are read from the variables of OpenTelemetry (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS,
 * OTEL_TRACES_SAMPLER …) by its own packages.
 * @param endpoint where they are sent, as OTEL_EXPORTER_OTLP_ENDPOINT says it
 * @returns sends what is left, and ends it
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
        // Its message may have what was sent in it.
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
  return async () => {
    trace = null;
    // A collector that is away holds up nobody who wants to stop.
    await provider.shutdown().catch((err: unknown) => logger.warn({ err }, 'the last traces were not sent'));
    context.disable();
    propagation.disable();
  };
}
