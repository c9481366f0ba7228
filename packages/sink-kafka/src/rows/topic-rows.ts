import type { Column } from "@ss/core";
import type { KafkaProducer, TopicWriter } from "@ss/kafka";
import { nullTopic } from "../errors.js";
import { ByteRows } from "./byte-rows.js";

/** Topics that are told apart by their bytes; more of them by their names. */
const COMPARED_MAX = 16;

/** To which topic each row goes. */
export class TopicRows {
  private readonly rows = new ByteRows();
  private readonly names: string[] = [];
  private readonly nameBytes: Uint8Array[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly writers: (TopicWriter | undefined)[] = [];
  private codes = new Int32Array(0);

  /** Goes on with another column, and has the producer look for topics that are new in it. */
  async bind(column: Column, rowCount: number, producer: KafkaProducer, signal: AbortSignal): Promise<void> {
    this.rows.bind(column);
    if (this.codes.length < rowCount) this.codes = new Int32Array(rowCount);
    let lastAt = -1;
    let code = -1;
    for (let row = 0; row < rowCount; row++) {
      const at = this.rows.at(row);
      if (at < 0) throw nullTopic();
      if (at !== lastAt) code = this.numberOf(at, code);
      lastAt = at;
      this.codes[row] = code;
    }
    for (const [k, name] of this.names.entries()) this.writers[k] ??= await producer.topic(name, signal);
  }

  of(row: number): TopicWriter {
    return this.writers[this.codes[row]!]!;
  }

  private numberOf(at: number, likely: number): number {
    const { data, starts, lengths } = this.rows;
    const start = starts[at]!;
    const length = lengths[at]!;
    if (likely >= 0 && isEqual(this.nameBytes[likely]!, data, start, length)) return likely;
    if (this.names.length <= COMPARED_MAX)
      for (let k = 0; k < this.names.length; k++)
        if (isEqual(this.nameBytes[k]!, data, start, length)) return k;
    const bytes = data.slice(start, start + length);
    const name = new TextDecoder().decode(bytes);
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.names.length);
    this.nameBytes.push(bytes);
    return this.names.push(name) - 1;
  }
}

function isEqual(name: Uint8Array, data: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let k = 0; k < length; k++) if (name[k] !== data[start + k]) return false;
  return true;
}
