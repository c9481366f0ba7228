import type {
  Batch,
  Clock,
  Offset,
  Partition,
  ReadLimit,
  RunMode,
  ScanRequest,
  Source,
  SourceContext,
  StreamError,
  StructType,
  WorkerForm,
} from "@ss/core";
import { type KafkaClient, type OffsetRange, RECORD_SCHEMA, RECORD_SCHEMA_WITH_HEADERS } from "@ss/kafka";
import { dataLoss, wrongOffset } from "../errors.js";
import { limited, partsOf, rowsBetween } from "../offsets/offset-limits.js";
import { OffsetReader, type TopicPartition } from "../offsets/offset-reader.js";
import { type PartitionOffset, PartitionOffsets } from "../offsets/partition-offsets.js";
import type { OffsetBound } from "../options/bounds.js";
import type { ReadSettings } from "../options/read-options.js";
import { groupOf, partitionOf, planRanges } from "../reading/plan-ranges.js";
import { MISSING_MS, RangeReader } from "../reading/range-reader.js";
import { recordClient } from "../reading/record-client.js";
import { Arrivals } from "./arrivals.js";
import { BatchSize } from "./batch-size.js";
import { readInitialOffsets, writeInitialOffsets } from "./initial-offsets.js";
import { LossWarnings } from "./loss-warnings.js";
import { groupOfQuery, PublishedOffsets } from "./published-offsets.js";

/** What a {@link KafkaSource} is made from. */
export interface KafkaSourceSettings {
  readonly read: ReadSettings;
  readonly start: OffsetBound;
  readonly readLimit: ReadLimit;
  readonly description: string;
  readonly warn: (message: string) => void;
  /** How a worker makes a reader of its own. */
  readonly worker: WorkerForm | undefined;
  /** Makes clients; the source closes those that it made. */
  readonly connect?: (clock: Clock) => KafkaClient;
}

/**
 * Topics as an unbounded table. An offset holds, for each partition, the offset behind the last record that was read, in Spark's form.
 *
 * A range that was planned gives the same records again as long as Kafka keeps them; what is gone is reported, never passed over in silence
 * unless `failOnDataLoss` is false.
 */
export class KafkaSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly replayable = true;
  readonly runModes: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];
  readonly readLimit: ReadLimit;
  readonly worker: WorkerForm | undefined;
  private readonly settings: KafkaSourceSettings;
  private context!: SourceContext;
  private client!: KafkaClient;
  private offsets!: OffsetReader;
  private arrivals!: Arrivals;
  /** Null unless `commitOffsets` is given. */
  private published: PublishedOffsets | null = null;
  /** The ends that were seen last, and under availableNow the ones that stay. */
  private latest: PartitionOffsets | null = null;
  private pinned: PartitionOffsets | null = null;
  /** When the last batch was let through, for `minOffsetsPerTrigger`. */
  private lastTriggerMs = Number.NEGATIVE_INFINITY;
  /** How large batches are made, and the one that is under way; null unless `targetBatchDuration` is given. */
  private readonly batchSize: BatchSize | null;
  private underWay: { readonly rows: number; readonly sinceMs: number } | null = null;
  /** Since when partitions are not to be found, by name. */
  private readonly missingSinceMs = new Map<string, number>();
  private readonly losses: LossWarnings;

  constructor(settings: KafkaSourceSettings) {
    this.settings = settings;
    this.losses = new LossWarnings(settings.warn);
    this.description = settings.description;
    this.readLimit = settings.readLimit;
    this.worker = settings.worker;
    const { targetBatchMs } = settings.read;
    this.batchSize = targetBatchMs === 0 ? null : new BatchSize(targetBatchMs);
    this.schema = settings.read.includeHeaders ? RECORD_SCHEMA_WITH_HEADERS : RECORD_SCHEMA;
  }

  async open(context: SourceContext): Promise<void> {
    const { read } = this.settings;
    const connect = this.settings.connect ?? ((clock) => recordClient(read, clock));
    this.context = context;
    this.client = connect(context.clock);
    this.offsets = new OffsetReader(this.client, read.topics, read.fetch.readCommitted, this.settings.warn);
    this.arrivals = new Arrivals(connect(context.clock), context.clock, read.fetch.readCommitted);
    if (!read.commitOffsets) return;
    const group = read.groupId ?? groupOfQuery(read.groupIdPrefix, context.log.folder);
    const { warn } = this.settings;
    this.published = new PublishedOffsets(group, { client: this.client, clock: context.clock, warn });
  }

  async initialOffset(): Promise<Offset | null> {
    const { log, signal } = this.context;
    const known = await readInitialOffsets(log);
    if (known !== null) return known.toJson();
    const { start } = this.settings;
    const resolved = await this.offsets.resolve(start, "starting", signal);
    const checked = start.kind === "offsets" ? await this.checkedStart(resolved) : resolved;
    await writeInitialOffsets(log, checked);
    return checked.toJson();
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    this.measure();
    const from = offsetsOf(start);
    const latest = this.pinned ?? (await this.endsSince(from));
    const gone = this.goneSince(from, latest);
    if (gone.length > 0) this.report(partitionsDeleted(gone.map(nameOf)));
    const whole = await this.withBeginnings(from, latest);
    const end = this.isHeldBack(limit, whole, latest) ? from : this.limitedTo(limit, whole, latest);
    for (const [topic, partition, first, last] of ledBack(from, end))
      this.report(offsetChanged(topic, partition, first, last));
    const rows = rowsBetween(whole, end);
    if (rows > 0) this.underWay = { rows, sinceMs: this.context.clock.monotonicMs() };
    // what is only missing stays where it was; what is gone is left out, so that a topic made anew is read from its beginning
    const known = [...from.entries(), ...end.entries()];
    const names = new Set(gone.map(nameOf));
    this.losses.forget(names);
    return new PartitionOffsets(known.filter((entry) => !names.has(nameOf(entry)))).toJson();
  }

  reportLatestOffset(): Offset | null {
    return this.latest?.toJson() ?? null;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinned = await this.lookForEnds();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const from = offsetsOf(start);
    const until = offsetsOf(end);
    const added = until.entries().filter(([topic, partition]) => from.get(topic, partition) === undefined);
    const begin = await this.beginningsOf(
      added.map(([topic, partition]) => ({ topic, partition })),
      true,
    );
    const ranges: OffsetRange[] = [];
    for (const [topic, partition, untilOffset] of until.entries()) {
      const first = from.get(topic, partition) ?? begin.get(topic, partition);
      if (first === undefined) continue;
      if (untilOffset < first) this.report(offsetChanged(topic, partition, first, untilOffset));
      ranges.push({ topic, partition, from: first, until: untilOffset });
    }
    return planRanges(ranges, this.settings.read).map(partitionOf);
  }

  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const context = { client: this.client, clock: this.context.clock, warn: this.settings.warn };
    return new RangeReader(groupOf(partition), scan.columns, this.settings.read, context, signal).batches();
  }

  async commit(end: Offset): Promise<void> {
    this.measure();
    this.published?.publish(offsetsOf(end));
  }

  onData(wake: () => void): () => void {
    const leave = this.arrivals.listen(wake);
    if (this.latest === null) void this.beginWatching();
    return leave;
  }

  metrics(consumed: Offset | null): Readonly<Record<string, string>> {
    if (this.latest === null || consumed === null) return {};
    const position = offsetsOf(consumed);
    const behind = this.latest
      .entries()
      .map(([topic, partition, end]) => Math.max(0, end - (position.get(topic, partition) ?? 0)));
    if (behind.length === 0) return {};
    return {
      minOffsetsBehindLatest: String(behind.reduce((a, b) => Math.min(a, b))),
      maxOffsetsBehindLatest: String(behind.reduce((a, b) => Math.max(a, b))),
      avgOffsetsBehindLatest: String(behind.reduce((a, b) => a + b) / behind.length),
    };
  }

  async close(): Promise<void> {
    // a source that was never opened has none of these
    await this.published?.close();
    await this.arrivals?.close();
    await this.client?.close();
  }

  /** The ends of all partitions; where one lies before `from` a few looks more, as its leader may be behind the one before. */
  private async endsSince(from: PartitionOffsets): Promise<PartitionOffsets> {
    const { offsetRetries, offsetRetryMs } = this.settings.read;
    const { clock, signal } = this.context;
    for (let attempt = 0; ; attempt++) {
      const latest = await this.lookForEnds();
      if (attempt >= offsetRetries || ledBack(from, latest).length === 0) return latest;
      await clock.sleep(offsetRetryMs, signal);
      signal.throwIfAborted();
    }
  }

  /** The ends of all partitions as they are now. */
  private async lookForEnds(): Promise<PartitionOffsets> {
    const { signal } = this.context;
    const latest = await this.offsets.ends(signal);
    this.latest = latest;
    this.arrivals.watch(latest.entries().map(([topic, partition, offset]) => ({ topic, partition, offset })));
    return latest;
  }

  /** Where nobody has asked for the ends yet: what arrived before they are known is no news any more, so it is told once. */
  private async beginWatching(): Promise<void> {
    // whoever asks next meets the failure
    await this.lookForEnds().catch(() => {});
    this.arrivals.wake();
  }

  /**
   * Partitions of `from` that no broker has known for some time: one that has just started does not know all of them. Where the ends are pinned
   * there is no later look.
   */
  private goneSince(from: PartitionOffsets, latest: PartitionOffsets): readonly PartitionOffset[] {
    const missing = from.entries().filter((entry) => !isIn(latest, entry));
    const names = new Set(missing.map(nameOf));
    for (const name of this.missingSinceMs.keys()) if (!names.has(name)) this.missingSinceMs.delete(name);
    if (this.pinned !== null) return missing;
    const nowMs = this.context.clock.monotonicMs();
    const gone = missing.filter((entry) => {
      const sinceMs = this.missingSinceMs.get(nameOf(entry)) ?? nowMs;
      this.missingSinceMs.set(nameOf(entry), sinceMs);
      return nowMs - sinceMs >= MISSING_MS;
    });
    if (gone.length < missing.length) this.arrivals.wakeAfter(MISSING_MS);
    return gone;
  }

  /** `from` with the beginnings of the partitions that `latest` has beyond it. */
  private async withBeginnings(from: PartitionOffsets, latest: PartitionOffsets): Promise<PartitionOffsets> {
    const added = latest.entries().filter((entry) => !isIn(from, entry));
    if (added.length === 0) return from;
    const partitions = added.map(([topic, partition]) => ({ topic, partition }));
    const beginnings = await this.beginningsOf(partitions, false);
    return new PartitionOffsets([...from.entries(), ...beginnings.entries()]);
  }

  /** The first offsets of partitions that are new; reports those of which records are gone already. */
  private async beginningsOf(
    partitions: readonly TopicPartition[],
    reports: boolean,
  ): Promise<PartitionOffsets> {
    if (partitions.length === 0) return new PartitionOffsets([]);
    const beginnings = await this.offsets.earliest(partitions, this.context.signal);
    if (!reports) return beginnings;
    const missing = partitions.filter(
      ({ topic, partition }) => beginnings.get(topic, partition) === undefined,
    );
    if (missing.length > 0)
      this.report(initialNotFound(missing.map(({ topic, partition }) => `${topic}-${partition}`)));
    for (const entry of beginnings.entries())
      if (entry[2] !== 0) this.report(addedLate(nameOf(entry), entry[2]));
    return beginnings;
  }

  private isHeldBack(limit: ReadLimit, from: PartitionOffsets, latest: PartitionOffsets): boolean {
    const min = partsOf(limit).find((part) => part.kind === "minRows");
    if (min === undefined) return false;
    const now = this.context.clock.now();
    const restMs = this.lastTriggerMs + min.maxDelayMs - now;
    if (restMs > 0 && rowsBetween(from, latest) < min.rows) {
      this.arrivals.wakeAfter(restMs);
      return true;
    }
    this.lastTriggerMs = now;
    return false;
  }

  private limitedTo(limit: ReadLimit, from: PartitionOffsets, latest: PartitionOffsets): PartitionOffsets {
    const max = partsOf(limit).find((part) => part.kind === "maxRows");
    if (max === undefined) return latest;
    return limited(Math.min(max.rows, this.batchSize?.rows ?? max.rows), from, latest);
  }

  /** A batch is over when it is committed or when the next one is asked for, whichever comes first. */
  private measure(): void {
    const { underWay, batchSize } = this;
    this.underWay = null;
    if (underWay !== null)
      batchSize?.observe(underWay.rows, this.context.clock.monotonicMs() - underWay.sinceMs);
  }

  /** Offsets that the options name and that are not there are moved to where records begin, or end. */
  private async checkedStart(start: PartitionOffsets): Promise<PartitionOffsets> {
    const { signal } = this.context;
    const partitions = start.entries().map(([topic, partition]) => ({ topic, partition }));
    const earliest = await this.offsets.earliest(partitions, signal);
    const latest = await this.offsets.latest(partitions, signal);
    return start.map((topic, partition, offset) => {
      const first = earliest.get(topic, partition) ?? offset;
      const last = latest.get(topic, partition) ?? offset;
      const moved = offset < first ? first : Math.min(offset, last);
      if (moved !== offset) this.report(startReset(`${topic}-${partition}`, offset, moved));
      return moved;
    });
  }

  /** Fails, or warns where records may be lost. */
  private report(error: StreamError): void {
    if (this.settings.read.failOnDataLoss) throw error;
    this.losses.tell(error);
  }
}

function offsetsOf(offset: Offset | null): PartitionOffsets {
  if (offset === null) return new PartitionOffsets([]);
  const offsets = PartitionOffsets.parse(offset);
  if (offsets === null) throw wrongOffset(JSON.stringify(offset));
  return offsets;
}

/** The partitions of which the end lies before the offset up to which they were read, with both. */
function ledBack(
  from: PartitionOffsets,
  end: PartitionOffsets,
): [topic: string, partition: number, from: number, end: number][] {
  return end.entries().flatMap(([topic, partition, last]) => {
    const first = from.get(topic, partition) ?? 0;
    return last < first ? [[topic, partition, first, last]] : [];
  });
}

function isIn(offsets: PartitionOffsets, [topic, partition]: PartitionOffset): boolean {
  return offsets.get(topic, partition) !== undefined;
}

function nameOf([topic, partition]: PartitionOffset): string {
  return `${topic}-${partition}`;
}

function partitionsDeleted(names: readonly string[]): StreamError {
  const partitions = names.join(", ");
  return dataLoss("PARTITIONS_DELETED", `Partitions ${partitions} have been deleted.`, { partitions });
}

function initialNotFound(names: readonly string[]): StreamError {
  const partitions = names.join(", ");
  return dataLoss(
    "INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS",
    `Cannot find initial offsets for partitions ${partitions}. They may have been deleted.`,
    { partitions },
  );
}

function addedLate(topicPartition: string, startOffset: number): StreamError {
  return dataLoss(
    "ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO",
    `Added partition ${topicPartition} starts from ${startOffset} instead of 0.`,
    { topicPartition, startOffset: String(startOffset) },
  );
}

function offsetChanged(topic: string, partition: number, prevOffset: number, newOffset: number): StreamError {
  const topicPartition = `${topic}-${partition}`;
  return dataLoss(
    "PARTITION_OFFSET_CHANGED",
    `Partition ${topicPartition} offset was changed from ${prevOffset} to ${newOffset}.`,
    { topicPartition, prevOffset: String(prevOffset), newOffset: String(newOffset) },
  );
}

function startReset(topicPartition: string, offset: number, fetchedOffset: number): StreamError {
  return dataLoss(
    "START_OFFSET_RESET",
    `Starting offset for ${topicPartition} was ${offset} but consumer reset to ${fetchedOffset}.`,
    { topicPartition, offset: String(offset), fetchedOffset: String(fetchedOffset) },
  );
}
