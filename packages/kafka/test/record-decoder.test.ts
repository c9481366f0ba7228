import { gzipSync } from "node:zlib";
import { BATCH_ROWS, rowsOf, type Value } from "@ss/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { AbortedTransaction } from "../src/records/fetched-range.js";
import { HeaderWriter, RecordBatchWriter } from "../src/records/record-batch-writer.js";
import { CODECS } from "../src/records/record-codec.js";
import { RecordColumns } from "../src/records/record-columns.js";
import { RecordDecoder } from "../src/records/record-decoder.js";
import { loadZstd } from "../src/records/zstd.js";
import { messages, recordBatch, type TestRecord, wrapper } from "./kafkajs-records.js";

beforeAll(loadZstd);

const COLUMNS = ["offset", "key", "value", "timestamp"];
const EVERYTHING = { from: 0, until: Number.MAX_SAFE_INTEGER };

interface ReadOptions {
  readonly columns?: readonly string[];
  readonly from?: number;
  readonly until?: number;
  readonly aborted?: readonly AbortedTransaction[];
  readonly checkCrcs?: boolean;
}

/** All rows of a log, with bytes as text. */
function readLog(bytes: Uint8Array, options: ReadOptions = {}): { rows: unknown[][]; next: number } {
  const { columns = COLUMNS, aborted = [], checkCrcs = true } = options;
  const target = new RecordColumns(columns);
  const decoder = new RecordDecoder(target, { checkCrcs });
  const rows: unknown[][] = [];
  const take = (): void => {
    rows.push(...rowsOf(target.batch()).map((row) => row.map(plain)));
    target.reset();
  };
  decoder.open(
    {
      topic: "t",
      partition: 3,
      from: options.from ?? EVERYTHING.from,
      until: options.until ?? EVERYTHING.until,
    },
    { bytes, start: 0, end: bytes.length, aborted },
  );
  while (decoder.fill()) take();
  take();
  return { rows, next: decoder.next };
}

function plain(value: Value): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return Array.isArray(value) ? value.map((element) => plain(element as Value)) : value;
}

function records(count: number, more: Partial<TestRecord> = {}): TestRecord[] {
  return Array.from({ length: count }, (_, k) => ({
    key: `k${k}`,
    value: `v${k}`,
    timestamp: 1000 + k,
    ...more,
  }));
}

const offsetsOf = ({ rows }: { rows: unknown[][] }): unknown[] => rows.map(([offset]) => offset);

describe("record batches", () => {
  test("give offset, key, value and time of each record, and null where there is none", async () => {
    const batch = await recordBatch(7, [
      { key: "a", value: "one", timestamp: 1_700_000_000_123 },
      { key: null, value: "two", timestamp: 1_700_000_000_120 },
      { key: "", value: null, timestamp: 1_700_000_005_000 },
    ]);
    expect(readLog(batch)).toEqual({
      rows: [
        [7n, "a", "one", 1_700_000_000_123_000n],
        [8n, null, "two", 1_700_000_000_120_000n],
        [9n, "", null, 1_700_000_005_000_000n],
      ],
      next: 10,
    });
  });

  test("name their topic and partition, and say that the producer gave the time", async () => {
    const batch = await recordBatch(0, records(1));
    const { rows } = readLog(batch, { columns: ["topic", "partition", "timestampType"] });
    expect(rows).toEqual([["t", 3, 0]]);
  });

  test("give headers in order, and null where a record has none", async () => {
    const batch = await recordBatch(0, [
      { key: "a", value: "1", timestamp: 1, headers: { one: "x", two: "" } },
      { key: "b", value: "2", timestamp: 2 },
      { key: "c", value: "3", timestamp: 3, headers: { three: "" } },
    ]);
    const { rows } = readLog(batch, { columns: ["value", "headers"] });
    expect(rows).toEqual([
      [
        "1",
        [
          ["one", "x"],
          ["two", ""],
        ],
      ],
      ["2", null],
      ["3", [["three", ""]]],
    ]);
  });

  test("give null for the value of a header that is null", () => {
    const writer = new RecordBatchWriter();
    const headers = new HeaderWriter();
    const name = Buffer.from("name");
    headers.add(name, 0, 4, name, 0, -1);
    writer.add(1, name, 0, -1, name, 0, 4, headers);
    const { rows } = readLog(writer.finish(CODECS.none, null), { columns: ["key", "value", "headers"] });
    expect(rows).toEqual([[null, "name", [["name", null]]]]);
  });

  test("are read from the middle of one to the middle of another", async () => {
    const log = Buffer.concat([await recordBatch(0, records(10)), await recordBatch(10, records(10))]);
    const read = readLog(log, { from: 8, until: 13 });
    expect(offsetsOf(read)).toEqual([8n, 9n, 10n, 11n, 12n]);
    expect(read.next).toBe(13);
  });

  test("that compaction has thinned out keep their offsets, and the range goes on behind them", async () => {
    const log = Buffer.concat([await recordBatch(5, records(2)), await recordBatch(100, records(1))]);
    const read = readLog(log, { from: 0, until: 90 });
    expect(offsetsOf(read)).toEqual([5n, 6n]);
    expect(read.next).toBe(90);
  });

  test("of which the last one is cut off are read up to it", async () => {
    const log = Buffer.concat([
      await recordBatch(0, records(3)),
      (await recordBatch(3, records(3))).subarray(0, 80),
    ]);
    expect(readLog(log)).toMatchObject({ next: 3 });
  });

  test("larger than a batch of columns come in several", async () => {
    const count = BATCH_ROWS * 2 + 5;
    const read = readLog(await recordBatch(0, records(count)));
    expect(offsetsOf(read)).toEqual(Array.from({ length: count }, (_, k) => BigInt(k)));
    expect(read.rows.at(-1)).toEqual([
      BigInt(count - 1),
      `k${count - 1}`,
      `v${count - 1}`,
      BigInt(999 + count) * 1000n,
    ]);
  });

  test("with a wrong checksum are refused with topic, partition and offset", async () => {
    const batch = await recordBatch(40, records(2));
    batch[batch.length - 2]! ^= 1;
    expect(() => readLog(batch)).toThrow(/SS_KAFKA_CORRUPT_RECORDS.*t-3 from offset 40.*checksum/);
    expect(readLog(batch, { checkCrcs: false }).rows).toHaveLength(2);
  });
});

describe("transactions", () => {
  /** A control batch: its one record says that a transaction ended. */
  const marker = async (offset: number, producerId: number): Promise<Buffer> => {
    const batch = await recordBatch(offset, [{ key: "\0\0\0\0", value: "\0\0\0\0\0\0", timestamp: 1 }], {
      transactional: true,
      producerId,
    });
    batch.writeInt16BE(16 | 32, 21);
    return batch;
  };

  test("markers are no records, though they have offsets", async () => {
    const log = Buffer.concat([
      await recordBatch(0, records(2), { transactional: true, producerId: 9 }),
      await marker(2, 9),
      await recordBatch(3, records(1)),
    ]);
    const read = readLog(log, { checkCrcs: false });
    expect(offsetsOf(read)).toEqual([0n, 1n, 3n]);
    expect(read.next).toBe(4);
  });

  test("that were aborted are left out up to their marker, those of other producers beside them are not", async () => {
    const of = (producerId: number) => ({ transactional: true, producerId });
    const log = Buffer.concat([
      await recordBatch(0, records(1), of(1)),
      await recordBatch(1, records(1), of(2)),
      await recordBatch(2, records(1), of(1)),
      await marker(3, 1),
      await marker(4, 2),
      await recordBatch(5, records(1), of(1)),
      await marker(6, 1),
    ]);
    const read = readLog(log, { checkCrcs: false, aborted: [{ producerId: 1, firstOffset: 0 }] });
    expect(offsetsOf(read)).toEqual([1n, 5n]);
    expect(read.next).toBe(7);
  });
});

describe("compressed batches", () => {
  const batchOf = (codec: number, count: number, baseOffset: number): Buffer => {
    const writer = new RecordBatchWriter();
    const text = Buffer.from("the same words again and again, ".repeat(4));
    for (let k = 0; k < count; k++)
      writer.add(5000 + k, text, 0, 3, text, 0, 20 + (k % 50), new HeaderWriter());
    const batch = Buffer.from(writer.finish(codec, null));
    batch.writeBigInt64BE(BigInt(baseOffset), 0);
    return batch;
  };

  test.each(Object.entries(CODECS))("%s gives what was written, over several batches", (_, codec) => {
    const log = Buffer.concat([batchOf(codec, 3000, 0), batchOf(codec, 3000, 3000), batchOf(codec, 1, 6000)]);
    const { rows, next } = readLog(log);
    expect(next).toBe(6001);
    expect(rows).toHaveLength(6001);
    // record 1567 of its batch has 20 + 1567 % 50 bytes
    expect(rows[4567]).toEqual([4567n, "the", "the same words again and again, the s", 6_567_000n]);
  });

  test.each(Object.entries(CODECS).filter(([, codec]) => codec !== CODECS.none))(
    "%s: damaged bytes are refused, whatever they are",
    (_, codec) => {
      const whole = batchOf(codec, 40, 0);
      for (let at = 61; at < whole.length; at++) {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= 1 << (at % 8);
        try {
          expect(readLog(damaged, { checkCrcs: false }).rows.length).toBeLessThanOrEqual(40);
        } catch (error) {
          expect((error as Error).message).toContain("SS_KAFKA_CORRUPT_RECORDS");
        }
      }
    },
  );
});

describe("messages of the formats 0 and 1", () => {
  test("give offset, key and value; format 0 has no time, which is shown as Spark shows it", () => {
    expect(readLog(messages(0, 5, records(2)), { columns: [...COLUMNS, "timestampType"] }).rows).toEqual([
      [5n, "k0", "v0", -1000n, -1],
      [6n, "k1", "v1", -1000n, -1],
    ]);
    expect(readLog(messages(1, 5, records(2)), { columns: [...COLUMNS, "timestampType"] }).rows).toEqual([
      [5n, "k0", "v0", 1_000_000n, 0],
      [6n, "k1", "v1", 1_001_000n, 0],
    ]);
  });

  test("in a compressed set of format 1 count from its first, and in one of format 0 have offsets of their own", () => {
    const relative = wrapper(1, 102, 2000, CODECS.gzip, gzipSync(messages(1, 0, records(3))));
    expect(offsetsOf(readLog(relative))).toEqual([100n, 101n, 102n]);
    const absolute = wrapper(0, 102, 2000, CODECS.gzip, gzipSync(messages(0, 100, records(3))));
    expect(offsetsOf(readLog(absolute, { from: 101 }))).toEqual([101n, 102n]);
  });

  test("and batches of format 2 may follow each other in one log", async () => {
    const log = Buffer.concat([
      messages(0, 0, records(2)),
      messages(1, 2, records(2)),
      await recordBatch(4, records(2)),
    ]);
    const read = readLog(log);
    expect(offsetsOf(read)).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect(read.next).toBe(6);
  });

  test("with a wrong checksum are refused", () => {
    const log = messages(1, 0, records(1));
    log[log.length - 1]! ^= 1;
    expect(() => readLog(log)).toThrow(/checksum/);
  });
});

test("mutated logs never give an endless loop, a crash or a row outside the range", async () => {
  const seed = Number(process.env["SS_SEED"] ?? Date.now() % 1_000_000);
  console.log(`record-decoder seed ${seed}`);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  const logs = [
    Buffer.concat([
      await recordBatch(0, records(20, { headers: { h: "x" } })),
      await recordBatch(20, records(5)),
    ]),
    Buffer.concat([
      messages(1, 0, records(5)),
      wrapper(1, 9, 1, CODECS.gzip, gzipSync(messages(1, 0, records(5)))),
    ]),
  ];
  for (let round = 0; round < 4000; round++) {
    const log = Buffer.from(logs[round % 2]!);
    for (let k = 0; k <= random(4); k++) log[random(log.length)] = random(256);
    try {
      const { rows } = readLog(log.subarray(0, random(log.length + 1)), {
        columns: ["offset", "headers", "key", "value"],
        from: 2,
        until: 22,
        checkCrcs: false,
      });
      for (const [offset] of rows) expect(Number(offset) >= 2 && Number(offset) < 22).toBe(true);
    } catch (error) {
      expect((error as Error).message).toContain("SS_KAFKA_CORRUPT_RECORDS");
    }
  }
});
