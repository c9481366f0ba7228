import { type SourceLog, StreamError } from "@ss/core";

/** A source's folder of the checkpoint, in memory. */
export class MemorySourceLog implements SourceLog {
  private readonly entries = new Map<string, Uint8Array>();

  async list(): Promise<string[]> {
    return [...this.entries.keys()];
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.entries.get(name)?.slice() ?? null;
  }

  async add(name: string, bytes: Uint8Array): Promise<void> {
    const existing = this.entries.get(name);
    if (existing && Buffer.compare(existing, bytes) !== 0) {
      throw new StreamError({
        condition: "CONCURRENT_STREAM_LOG_UPDATE",
        sqlState: "40000",
        parameters: { batchId: name },
        message: `Another query has written the entry '${name}' of this source's log.`,
      });
    }
    this.entries.set(name, bytes.slice());
  }

  async delete(name: string): Promise<void> {
    this.entries.delete(name);
  }
}
