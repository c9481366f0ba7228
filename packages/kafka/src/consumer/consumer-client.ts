import { randomUUID } from "node:crypto";
import { type Clock, StreamError, systemClock } from "@ss/core";
import type { ClientSettings } from "../client/client-settings.js";
import { keyOf, type PartitionKey } from "../client/cluster-view.js";
import { KafkajsClient } from "../client/kafkajs-client.js";
import { ERROR } from "../protocol/error-codes.js";
import type { FetchedPartition, FetchLimits, FetchPosition } from "../protocol/fetch.js";
import { EARLIEST, LATEST } from "../protocol/list-offsets.js";
import { giveCodecs } from "./consumer-codecs.js";
import { ConsumerSession, type Delivery, type SessionSettings } from "./consumer-session.js";
import { encodeDelivered } from "./encode-delivered.js";

/** Consumers that are kept while nobody asks anything of them. */
const IDLE_SESSIONS = 4;
/** What a broker gives of a partition at most, unless told: transactions have to end within it. */
const LONGEST_BYTES = 50 << 20;

const NO_BYTES = new Uint8Array(0);

/** Which offsets a partition has; up to `stable` it is decided which of its records count. */
interface Bounds {
  readonly errorCode: number;
  readonly earliest: number;
  readonly latest: number;
  readonly stable: number;
}

/**
 * A {@link KafkajsClient} that reads records by the public consumers of kafkajs instead of requests of its own. What they deliver is put back into
 * batches, so that whoever reads does not see the difference.
 *
 * A consumer costs a group, whose name begins with `groupPrefix`, and joining it takes up to some seconds; so it is kept for the calls to come. No
 * offset is committed.
 */
export class ConsumerClient extends KafkajsClient {
  private readonly groupPrefix: string;
  private readonly make: (session: SessionSettings) => ConsumerSession;
  /** The last one is the one that was used last. */
  private sessions: ConsumerSession[] = [];
  private opened = 0;
  /** What was asked for, so that a consumer of one topic serves for the next one, too. */
  private readonly asked = new Set<string>();

  constructor(
    settings: ClientSettings,
    groupPrefix: string,
    clock: Clock = systemClock,
    make = (session: SessionSettings): ConsumerSession => new ConsumerSession(session),
  ) {
    super(settings, clock);
    this.groupPrefix = groupPrefix;
    this.make = make;
    giveCodecs();
  }

  override fetch(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const limitMs = this.cluster.settings.callTimeoutMs + limits.maxWaitMs;
    return this.cluster.repeat(signal, () => this.consume(positions, limits, signal), limitMs);
  }

  override async close(): Promise<void> {
    const closing = super.close();
    await Promise.all([closing, ...this.sessions.splice(0).map((session) => session.close())]);
  }

  /** A consumer goes on elsewhere by itself where an offset is not there, and says nothing; so the offsets are looked at before. */
  private async consume(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const bounds = await this.boundsOf(positions, limits.readCommitted, signal);
    const faults = positions.flatMap((position) => faultOf(position, bounds.get(keyOf(position))));
    if (faults.length > 0) return faults;
    const waiting = positions.filter((position) => position.offset < bounds.get(keyOf(position))!.stable);
    if (waiting.length === 0) await this.cluster.clock.sleep(limits.maxWaitMs, signal);
    const deliveries = waiting.length === 0 ? [] : await this.deliver(waiting, limits, signal);
    if (deliveries.length === 0) return positions.map((position) => answer(position, ERROR.none));
    const known = deliveries.filter(({ state }) => state !== "undecided");
    if (known.length > 0) return this.answers(known, signal);
    return this.answers([await this.deliverLongest(deliveries[0]!.position, limits, signal)], signal);
  }

  private async deliver(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<readonly Delivery[]> {
    const session = await this.sessionFor(positions, limits);
    try {
      return await session.fetch(positions, this.cluster.settings.requestTimeoutMs, signal);
    } finally {
      session.isBusy = false;
      this.discardSome();
    }
  }

  /** Asks for as much as there can be of one partition, by a consumer that is kept for that: its answers may be large. */
  private async deliverLongest(
    position: FetchPosition,
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<Delivery> {
    const maxPartitionBytes = Math.max(LONGEST_BYTES, limits.maxPartitionBytes);
    const [delivery] = await this.deliver([position], { ...limits, maxPartitionBytes }, signal);
    if (delivery === undefined) throw new Error("the brokers gave no records");
    if (delivery.state === "undecided") throw transactionTooLong(position, maxPartitionBytes);
    return delivery;
  }

  /** A consumer that nobody uses and that is at these positions, or can go there; else a new one. */
  private async sessionFor(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
  ): Promise<ConsumerSession> {
    const idle = this.sessions.filter(
      (session) => !session.isBusy && !session.isBroken && session.reaches(positions, limits),
    );
    const session = idle.find((other) => other.standsAt(positions)) ?? idle[0];
    if (session === undefined) return this.open(positions, limits);
    session.isBusy = true;
    this.sessions = [...this.sessions.filter((other) => other !== session), session];
    return session;
  }

  private async open(positions: readonly FetchPosition[], limits: FetchLimits): Promise<ConsumerSession> {
    const { settings, clock } = this.cluster;
    const group = `${this.groupPrefix}-${randomUUID()}`;
    // a consumer begins with the first of the brokers, and that may be the one that does not run
    const { addresses } = this.cluster.brokers;
    const first = this.opened++ % addresses.length;
    const brokers = [...addresses.slice(first), ...addresses.slice(0, first)];
    const session = this.make({ client: { ...settings, brokers }, group, limits, clock });
    this.sessions.push(session);
    for (const { topic } of positions) this.asked.add(topic);
    try {
      this.cluster.throwIfClosed();
      await session.open([...this.asked]);
      if (!session.reaches(positions, limits))
        throw new Error("the consumer does not know all of the partitions yet");
      return session;
    } catch (failure) {
      // one of them may be gone
      this.asked.clear();
      this.sessions = this.sessions.filter((other) => other !== session);
      void session.close();
      throw failure;
    }
  }

  /** Closes consumers that failed, and those that were not used for longest. */
  private discardSome(): void {
    const idle = this.sessions.filter(({ isBusy }) => !isBusy);
    const healthy = idle.filter(({ isBroken }) => !isBroken);
    const kept = new Set(healthy.slice(-IDLE_SESSIONS));
    const discarded = idle.filter((session) => !kept.has(session));
    this.sessions = this.sessions.filter((session) => !discarded.includes(session));
    for (const session of discarded) void session.close();
  }

  /** Where the first offsets are missing the log may have lost them since it was looked at. */
  private async answers(
    deliveries: readonly Delivery[],
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const doubtful = deliveries.filter(({ state }) => state === "gap").map(({ position }) => position);
    const bounds = doubtful.length === 0 ? null : await this.boundsOf(doubtful, false, signal);
    return deliveries.flatMap((delivery) => {
      const { position, state, highWatermark } = delivery;
      if (state === "reset") return [answer(position, ERROR.offsetOutOfRange)];
      const faults = state === "gap" ? faultOf(position, bounds?.get(keyOf(position))) : [];
      if (faults.length > 0) return faults;
      const bytes = encodeDelivered(delivery);
      return [{ ...answer(position, ERROR.none), highWatermark, bytes, end: bytes.length }];
    });
  }

  private async boundsOf(
    positions: readonly FetchPosition[],
    readCommitted: boolean,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<PartitionKey, Bounds>> {
    const at = async (timestamp: number, isStable: boolean) => {
      const queries = positions.map(({ topic, partition }) => ({ topic, partition, timestamp }));
      const found = await this.offsets(queries, isStable, signal);
      return new Map(found.map((offset) => [keyOf(offset), offset]));
    };
    const latest = at(LATEST, false);
    const bounds = [at(EARLIEST, false), latest, readCommitted ? at(LATEST, true) : latest] as const;
    const [first, last, stable] = await Promise.all(bounds);
    return new Map(
      [...first].map(([key, begin]) => {
        const [end, limit] = [last.get(key)!, stable.get(key)!];
        const errorCode = begin.errorCode || end.errorCode || limit.errorCode;
        return [
          key,
          { errorCode, earliest: begin.offset, latest: end.offset, stable: limit.offset },
        ] as const;
      }),
    );
  }
}

/** What a broker would say of a position that is not there. */
function faultOf(position: FetchPosition, bounds: Bounds | undefined): readonly FetchedPartition[] {
  if (bounds === undefined) return [];
  if (bounds.errorCode !== ERROR.none) return [answer(position, bounds.errorCode)];
  const isThere = position.offset >= bounds.earliest && position.offset <= bounds.latest;
  return isThere ? [] : [answer(position, ERROR.offsetOutOfRange)];
}

function answer({ topic, partition }: FetchPosition, errorCode: number): FetchedPartition {
  return { topic, partition, errorCode, highWatermark: -1, aborted: [], bytes: NO_BYTES, start: 0, end: 0 };
}

function transactionTooLong({ topic, partition, offset }: FetchPosition, bytes: number): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_TRANSACTION_TOO_LONG",
    parameters: { topicPartition: `${topic}-${partition}`, offset: String(offset), bytes: String(bytes) },
    message:
      `In ${topic}-${partition} a transaction that is open at offset ${offset} does not end within ${bytes} bytes, which is more than a consumer is ` +
      "given at a time. Read the topic with recordReader set to fetch.",
  });
}
