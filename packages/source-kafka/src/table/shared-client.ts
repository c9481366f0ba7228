import type { KafkaClient } from "@ss/kafka";

/** The client of a table's reads: made for the first of them, kept between them, and closed when it is released and none is under way. */
export class SharedClient {
  private readonly connect: () => KafkaClient;
  private client: KafkaClient | null = null;
  private users = 0;
  private isReleased = false;

  constructor(connect: () => KafkaClient) {
    this.connect = connect;
  }

  /** The client, until the same number of calls of `give`. */
  take(): KafkaClient {
    this.users++;
    this.client ??= this.connect();
    return this.client;
  }

  async give(): Promise<void> {
    this.users--;
    if (this.isReleased) await this.release();
  }

  async release(): Promise<void> {
    this.isReleased = this.users > 0;
    if (this.isReleased) return;
    const { client } = this;
    this.client = null;
    await client?.close();
  }
}
