import type { Clock } from "@ss/core";
import {
  type Consumer,
  type ConsumerConfig,
  type ConsumerStartBatchProcessEvent,
  type EachBatchPayload,
  type IMemberAssignment,
  Kafka,
} from "kafkajs";
import { refusedGroup, unknownKafkajs } from "../client/client-errors.js";
import type { ClientSettings } from "../client/client-settings.js";
import { keyOf, type PartitionKey } from "../client/cluster-view.js";
import { kafkajsConfig } from "../client/kafkajs-config.js";
import { Sockets } from "../client/sockets.js";
import { OVERDUE, within } from "../client/waiting.js";
import type { FetchLimits, FetchPosition } from "../protocol/fetch.js";
import { type DeliveredMessage, type DeliveredRecords, decide } from "./delivered-records.js";

/** How long a broker waits for records, and how long a consumer that has nothing to fetch waits until it looks again whether it has. */
const TURN_MS = 20;
/** A consumer that met nothing but markers goes on by itself; how far it came is told after this time. */
const MARKERS_MS = 50;
/** How long leaving the group may take. */
const LEAVE_MS = 2000;

/** What came of a partition, from where it was asked for. */
export interface Delivery extends DeliveredRecords {
  readonly position: FetchPosition;
  readonly highWatermark: number;
  /**
   * `gap`: nothing came of its first offsets, by compaction, or as they are gone. `reset`: the consumer began before them. `undecided`: what came tells of
   * no record yet whether its transaction was committed.
   */
  readonly state: "whole" | "gap" | "reset" | "undecided";
}

/** A partition of which something was asked for. */
interface Place {
  readonly topic: string;
  readonly partition: number;
  /** From where it is asked for. */
  from: number;
  /** From where on the consumer reads it, as far as it told. */
  next: number;
  isFetched: boolean;
  records: readonly DeliveredMessage[];
  highWatermark: number;
  state: Delivery["state"];
  /** Whether what is known may be handed out. */
  isDue: boolean;
}

/** How a session reads. */
export interface SessionSettings {
  readonly client: ClientSettings;
  readonly group: string;
  readonly limits: FetchLimits;
  readonly clock: Clock;
}

/**
 * One consumer of kafkajs, the only member of its group, which commits nothing. All partitions of its topics are its own, and all are paused but those
 * that were asked for.
 *
 * Of a partition it only ever goes forward. So whatever comes, be it late or twice, holds all that there is between where it begins and where it ends.
 */
export class ConsumerSession {
  /** Whether a call is under way; there is one at a time. */
  isBusy = true;
  private readonly settings: SessionSettings;
  private readonly sockets = new Sockets();
  private readonly consumer: Consumer;
  private readonly assigned = new Set<PartitionKey>();
  private readonly places = new Map<PartitionKey, Place>();
  private waiter: { resolve(): void; reject(error: unknown): void } | null = null;
  private isTelling = false;
  private failure: unknown = null;

  constructor(
    settings: SessionSettings,
    make = (config: ConsumerConfig): Consumer =>
      new Kafka(kafkajsConfig(settings.client, this.sockets)).consumer(config),
  ) {
    this.settings = settings;
    const { limits, group } = settings;
    this.consumer = make({
      groupId: group,
      // which records count is decided here: the marker that says so may lie behind the last stable offset, up to which brokers give records else
      readUncommitted: true,
      maxBytesPerPartition: limits.maxPartitionBytes,
      maxBytes: Math.max(limits.maxBytes, limits.maxPartitionBytes),
      minBytes: limits.minBytes,
      maxWaitTimeInMs: TURN_MS,
      allowAutoTopicCreation: false,
      // whoever asks tries again
      retry: { retries: 0, restartOnFailure: async () => false },
    });
  }

  /** Joins the group. */
  async open(topics: readonly string[]): Promise<void> {
    const { consumer } = this;
    const { GROUP_JOIN, START_BATCH_PROCESS, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => this.assign(payload.memberAssignment));
    consumer.on(START_BATCH_PROCESS, ({ payload }) => this.passOver(payload));
    consumer.on(CRASH, ({ payload }) => this.fail(payload.error));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => this.take(payload),
      });
    } catch (failure) {
      this.fail(failure);
    }
    if (this.failure !== null) throw this.failure;
  }

  get isBroken(): boolean {
    return this.failure !== null;
  }

  /** Whether positions can be read without going back. */
  reaches(positions: readonly FetchPosition[], { readCommitted, maxPartitionBytes }: FetchLimits): boolean {
    const { limits } = this.settings;
    if (limits.readCommitted !== readCommitted || limits.maxPartitionBytes !== maxPartitionBytes)
      return false;
    return positions.every((position) => {
      const key = keyOf(position);
      return this.assigned.has(key) && position.offset >= (this.places.get(key)?.from ?? 0);
    });
  }

  /** Whether the session stands at these positions. */
  standsAt(positions: readonly FetchPosition[]): boolean {
    return positions.every((position) => this.places.get(keyOf(position))?.from === position.offset);
  }

  /** Waits for what there is from some of these positions on; nothing where no more than time has passed. */
  async fetch(
    positions: readonly FetchPosition[],
    waitMs: number,
    signal: AbortSignal,
  ): Promise<readonly Delivery[]> {
    const { clock } = this.settings;
    const started = clock.monotonicMs();
    for (const position of positions) this.ask(position);
    try {
      while (!positions.some((position) => this.places.get(keyOf(position))!.isDue))
        await within(this.arrival(), waitMs - (clock.monotonicMs() - started), clock, signal);
    } catch (failure) {
      if (failure !== OVERDUE) throw failure;
    }
    // the other partitions of the same answer
    await new Promise(setImmediate);
    return positions.flatMap((position) => this.handOut(position));
  }

  /** Leaves the group, so that it is gone at once, and ends all connections. */
  async close(): Promise<void> {
    this.fail(new Error("the consumer was closed"));
    const { signal } = new AbortController();
    await within(this.consumer.disconnect(), LEAVE_MS, this.settings.clock, signal).catch(() => {});
    this.sockets.destroy();
  }

  private ask({ topic, partition, offset }: FetchPosition): void {
    const key = keyOf({ topic, partition });
    const known = this.places.get(key);
    if (known?.from === offset && (known.isFetched || known.isDue)) return;
    const asked = { topic, partition, from: offset, next: offset, records: [], highWatermark: -1 };
    this.places.set(key, { ...asked, isFetched: true, state: "whole", isDue: false });
    this.consumer.seek({ topic, partition, offset: String(offset) });
    this.consumer.resume([{ topic, partitions: [partition] }]);
  }

  private handOut(position: FetchPosition): readonly Delivery[] {
    const place = this.places.get(keyOf(position))!;
    if (!place.isDue) return [];
    const { records, next: until, highWatermark, state } = place;
    Object.assign(place, { from: until, records: [], state: "whole", isDue: false });
    return [{ position, records, until, highWatermark, state }];
  }

  /** The group has one member, and all partitions are its own; it begins anew where a broker has put it out. */
  private assign(assignment: IMemberAssignment): void {
    this.assigned.clear();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.assigned.add(keyOf({ topic, partition }));
      const idle = partitions.filter((partition) => !this.places.get(keyOf({ topic, partition }))?.isFetched);
      this.consumer.pause([{ topic, partitions: idle }]);
    }
    for (const { topic, partition, next, isFetched } of this.places.values())
      if (isFetched) this.consumer.seek({ topic, partition, offset: String(next) });
  }

  private take({ batch, pause, isStale }: EachBatchPayload): void {
    const place = this.places.get(keyOf(batch));
    const { rawMessages } = batch as { readonly rawMessages?: readonly DeliveredMessage[] };
    if (rawMessages === undefined) return this.fail(unknownKafkajs());
    if (place === undefined || !place.isFetched || isStale()) return;
    pause();
    place.isFetched = false;
    place.highWatermark = Number(batch.highWatermark);
    const first = Number(batch.firstOffset());
    if (first < place.next) place.state = "reset";
    else {
      const { records, until } = decide(rawMessages, place.next, this.settings.limits.readCommitted);
      if (first > place.next) place.state = "gap";
      if (until === place.from) place.state = "undecided";
      place.records = records;
      place.next = until;
    }
    place.isDue = true;
    this.waiter?.resolve();
  }

  /** Markers of transactions, of which the consumer says no more than where they lie. */
  private passOver(passed: ConsumerStartBatchProcessEvent["payload"]): void {
    const place = this.places.get(keyOf(passed));
    if (passed.batchSize > 0 || place === undefined || !place.isFetched) return;
    if (Number(passed.firstOffset ?? place.next) > place.next) place.state = "gap";
    place.next = Math.max(place.next, Number(passed.lastOffset) + 1);
    place.highWatermark = Number(passed.highWatermark);
    if (this.isTelling) return;
    this.isTelling = true;
    void this.settings.clock.sleep(MARKERS_MS).then(() => {
      this.isTelling = false;
      for (const other of this.places.values()) other.isDue ||= other.next > other.from;
      this.waiter?.resolve();
    });
  }

  private arrival(): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
  }

  private fail(failure: unknown): void {
    this.failure ??= refusedGroup(failure, this.settings.group) ?? failure;
    this.waiter?.reject(this.failure);
  }
}
