import { BytesDictionary, type Column, type DictionaryColumn } from "@ss/core";
import type { KafkaProducer, TopicWriter } from "@ss/kafka";
import { nullTopic } from "../errors.js";
import { ByteRows } from "./byte-rows.js";

/** To which topic each row goes: topics have numbers by the bytes of their names, so that no row costs a string, however many topics there are. */
export class TopicRows {
  private readonly rows = new ByteRows();
  private readonly names = new BytesDictionary();
  /** By the numbers of the names. */
  private readonly writers: TopicWriter[] = [];
  private codes = new Int32Array(0);
  /** For columns with a dictionary: which of the used entries each one is, and where these are. */
  private ordinals = new Int32Array(0);
  private starts = new Int32Array(0);
  private lengths = new Int32Array(0);
  private usedCodes = new Int32Array(0);

  /** Goes on with another column, and has the producer look for topics that are new in it. */
  async bind(column: Column, rowCount: number, producer: KafkaProducer, signal: AbortSignal): Promise<void> {
    const { rows, names } = this;
    rows.bind(column);
    for (let row = 0; row < rowCount; row++) if (rows.at(row) < 0) throw nullTopic();
    if (this.codes.length < rowCount) this.codes = new Int32Array(rowCount);
    if (column.layout === "dictionary") this.internUsed(column, rowCount);
    else names.intern(rows.data, rows.starts, rows.lengths, rowCount, this.codes);
    for (let code = this.writers.length; code < names.codeCount; code++)
      this.writers.push(await producer.topic(this.nameOf(code), signal));
  }

  of(row: number): TopicWriter {
    return this.writers[this.codes[row]!]!;
  }

  /** Numbers the entries that rows have; others may be names of no topic. */
  private internUsed({ dictionary, codes: entries }: DictionaryColumn, rowCount: number): void {
    const { rows, codes } = this;
    const most = Math.min(dictionary.length, rowCount);
    if (this.ordinals.length < dictionary.length) this.ordinals = new Int32Array(dictionary.length);
    if (this.starts.length < most) {
      this.starts = new Int32Array(most);
      this.lengths = new Int32Array(most);
      this.usedCodes = new Int32Array(most);
    }
    const { ordinals, starts, lengths, usedCodes } = this;
    ordinals.fill(-1, 0, dictionary.length);
    let used = 0;
    for (let row = 0; row < rowCount; row++) {
      const entry = entries[row]!;
      if (ordinals[entry]! < 0) {
        starts[used] = rows.starts[entry]!;
        lengths[used] = rows.lengths[entry]!;
        ordinals[entry] = used++;
      }
      codes[row] = ordinals[entry]!;
    }
    this.names.intern(rows.data, starts, lengths, used, usedCodes);
    for (let row = 0; row < rowCount; row++) codes[row] = usedCodes[codes[row]!]!;
  }

  private nameOf(code: number): string {
    const { data, starts, lengths } = this.names;
    const start = starts[code]!;
    return new TextDecoder().decode(data.subarray(start, start + lengths[code]!));
  }
}
