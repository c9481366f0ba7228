import { createHash } from "node:crypto";
import type { Clock } from "@ss/core";
import type { KafkaClient } from "@ss/kafka";
import type { PartitionOffsets } from "../offsets/partition-offsets.js";

/** How long the end of a query waits for the last offsets to be published. */
const LAST_MS = 5000;

/** The group of a query that names none: the same whenever the query goes on from its checkpoint. */
export function groupOfQuery(prefix: string, checkpointFolder: string | undefined): string {
  const hash = createHash("sha256").update(checkpointFolder ?? "");
  return `${prefix}-${hash.digest("hex").slice(0, 16)}`;
}

/** What publishing needs around it. */
export interface PublishingContext {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/**
 * Commits what a query has read to a consumer group, for tools that show how far behind groups are. Nothing is read from there: offsets go out
 * beside the query, which neither waits for them nor fails with them; of those that wait only the last ones are sent.
 */
export class PublishedOffsets {
  private readonly group: string;
  private readonly context: PublishingContext;
  private readonly closing = new AbortController();
  private next: PartitionOffsets | null = null;
  private running: Promise<void> | null = null;
  /** The failure that was warned of, until it goes well again. */
  private warned: string | null = null;

  constructor(group: string, context: PublishingContext) {
    this.group = group;
    this.context = context;
  }

  publish(offsets: PartitionOffsets): void {
    this.next = offsets;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
  }

  /** Waits a little for the last offsets. */
  async close(): Promise<void> {
    const done = new AbortController();
    if (this.running !== null)
      await Promise.race([this.running, this.context.clock.sleep(LAST_MS, done.signal)]);
    done.abort();
    this.closing.abort(new Error("the query has ended"));
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    while (this.next !== null && !signal.aborted) {
      const positions = this.next
        .entries()
        .map(([topic, partition, offset]) => ({ topic, partition, offset }));
      this.next = null;
      if (positions.length === 0) continue;
      try {
        await this.context.client.commitOffsets(this.group, positions, signal);
        this.warned = null;
      } catch (error) {
        if (!signal.aborted) this.warnOf((error as Error).message);
      }
    }
  }

  private warnOf(reason: string): void {
    if (reason === this.warned) return;
    this.warned = reason;
    this.context.warn(
      `The offsets that the query has read were not published to the group ${this.group}; the query goes on: ${reason}`,
    );
  }
}
