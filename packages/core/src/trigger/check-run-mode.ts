import { StreamError } from "../errors/stream-error.js";
import type { Sink } from "../sink/sink.js";
import type { Source } from "../source/source.js";
import type { AsyncProgress, RunMode } from "./run-mode.js";
import type { Trigger } from "./trigger.js";

/** A query, as far as its way to run depends on it. */
export interface RunModeSubject {
  readonly trigger: Trigger;
  readonly asyncProgress?: AsyncProgress | undefined;
  readonly sources: readonly Source[];
  readonly sinks: readonly Sink[];
  readonly stateful: boolean;
}

const TRIGGER_NAMES: Readonly<Record<Trigger["kind"], string>> = {
  default: "ProcessingTime",
  processingTime: "ProcessingTime",
  once: "Once",
  availableNow: "AvailableNow",
  continuous: "Continuous",
  realTime: "RealTime",
};

/** Throws where a source, a sink or the query itself cannot run in the way that its trigger and options ask for. */
export function checkRunMode(subject: RunModeSubject): void {
  const { trigger, sources, sinks } = subject;
  if (trigger.kind === "continuous" || trigger.kind === "realTime") {
    const mode = trigger.kind;
    for (const source of sources)
      if (!supports(source, mode)) throw unsupportedSource(mode, source.description);
    for (const sink of sinks) if (!supports(sink, mode)) throw unsupportedSink(mode, sink.description);
  }
  if (subject.asyncProgress !== undefined) checkAsyncProgress(subject, subject.asyncProgress);
}

function checkAsyncProgress({ trigger, sinks, stateful }: RunModeSubject, asked: AsyncProgress): void {
  const { kind } = trigger;
  if (kind === "once" || kind === "availableNow" || kind === "continuous") {
    throw refusedAsync(
      `Async progress tracking cannot be used with ${TRIGGER_NAMES[kind]} trigger: only with batches that follow one another without end.`,
    );
  }
  if (kind === "realTime" && asked.intervalMs !== 0) throw intervalNotZero();
  if (stateful) {
    throw refusedAsync(
      "Stateful streaming queries does not support async progress tracking at this moment. State needs every batch in the logs.",
    );
  }
  const sink = sinks.find((one) => !supports(one, "asyncProgress"));
  if (sink === undefined || asked.overrideSinkCheck) return;
  throw refusedAsync(
    `Sink ${sink.description} does not support async progress tracking: after a crash batches come again with other rows.`,
  );
}

function supports(part: Source | Sink, mode: RunMode): boolean {
  return part.runModes?.includes(mode) ?? false;
}

function refusedAsync(message: string): StreamError {
  return new StreamError({
    condition: "SS_ASYNC_PROGRESS_NOT_SUPPORTED",
    sqlState: "0A000",
    parameters: { reason: message },
    message,
  });
}

function intervalNotZero(): StreamError {
  return new StreamError({
    condition: "STREAMING_REAL_TIME_MODE.ASYNC_PROGRESS_TRACKING_CHECKPOINTING_INTERVAL_NON_ZERO",
    sqlState: "0A000",
    parameters: {},
    message:
      "In real-time mode every batch is written to the logs: set the option asyncProgressTrackingCheckpointIntervalMs to 0.",
  });
}

function unsupportedSource(mode: "continuous" | "realTime", description: string): StreamError {
  if (mode === "continuous") return noContinuous(description);
  return new StreamError({
    condition: "STREAMING_REAL_TIME_MODE.INPUT_STREAM_NOT_SUPPORTED",
    sqlState: "0A000",
    parameters: { className: description },
    message: `The input stream ${description} is not supported in real-time mode. Use another trigger.`,
  });
}

function unsupportedSink(mode: "continuous" | "realTime", description: string): StreamError {
  if (mode === "continuous") return noContinuous(description);
  return new StreamError({
    condition: "STREAMING_REAL_TIME_MODE.SINK_NOT_SUPPORTED",
    sqlState: "0A000",
    parameters: { className: description },
    message: `The ${description} sink is not supported in real-time mode. Use another trigger or another sink.`,
  });
}

function noContinuous(sourceName: string): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_2253",
    parameters: { sourceName },
    message: `Data source ${sourceName} does not support continuous processing. Use another trigger.`,
  });
}
