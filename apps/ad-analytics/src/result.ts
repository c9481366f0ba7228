import type { Counts } from "./counts.js";
import { readTopic } from "./kafka-result.js";
import type { Output } from "./output.js";
import { readTable } from "./postgres-result.js";

/** What stands in the output. */
export interface Result {
  readonly counts: Counts;
  /** Rows or records. */
  readonly size: number;
  /** How many of them say what one before has said. */
  readonly repeated: number;
}

/** Reads what the stream wrote. */
export function readResult(output: Output): Promise<Result> {
  return output.to === "postgres"
    ? readTable(output.url, output.table)
    : readTopic(output.brokers, output.topic);
}
