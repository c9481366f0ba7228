import type { StreamError } from "@ss/core";

/** Warns of losses, of each once, as a partition that is gone is met at every look. Of each kind it keeps the last one of a partition. */
export class LossWarnings {
  private readonly warn: (message: string) => void;
  private readonly last = new Map<string, string>();

  constructor(warn: (message: string) => void) {
    this.warn = warn;
  }

  /** How many losses are kept. */
  get size(): number {
    return this.last.size;
  }

  tell({ condition, parameters, message }: StreamError): void {
    const key = `${condition} ${parameters["topicPartition"] ?? ""}`;
    if (this.last.get(key) === message) return;
    this.last.set(key, message);
    this.warn(message);
  }

  /** Forgets partitions that are there no more. */
  forget(names: ReadonlySet<string>): void {
    if (names.size === 0) return;
    for (const key of this.last.keys()) if (names.has(key.slice(key.indexOf(" ") + 1))) this.last.delete(key);
  }
}
