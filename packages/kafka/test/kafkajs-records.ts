// Records as kafkajs encodes them: a writer that is not ours.
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

interface Encoder {
  readonly buffer: Buffer;
}

const { RecordBatch } = load("kafkajs/src/protocol/recordBatch/v0") as {
  RecordBatch(fields: object): Promise<Encoder>;
};
const encodeRecord = load("kafkajs/src/protocol/recordBatch/record/v0") as (fields: object) => Encoder;
const encodeMessageSet = load("kafkajs/src/protocol/messageSet") as (fields: object) => Encoder;

/** A record as a test states it. */
export interface TestRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** What a batch carries beside its records. */
export interface TestBatch {
  readonly transactional?: boolean;
  readonly producerId?: number;
}

/** A record batch of format 2 that begins at an offset. */
export async function recordBatch(
  firstOffset: number,
  records: readonly TestRecord[],
  { transactional = false, producerId = -1 }: TestBatch = {},
): Promise<Buffer> {
  const firstTimestamp = records[0]!.timestamp;
  const encoded = await RecordBatch({
    firstOffset,
    firstTimestamp,
    maxTimestamp: Math.max(...records.map(({ timestamp }) => timestamp)),
    lastOffsetDelta: records.length - 1,
    transactional,
    producerId,
    records: records.map((record, offsetDelta) =>
      encodeRecord({
        offsetDelta,
        timestampDelta: record.timestamp - firstTimestamp,
        key: bytes(record.key),
        value: bytes(record.value),
        headers: Object.fromEntries(Object.entries(record.headers ?? {}).map(([k, v]) => [k, bytes(v)])),
      }),
    ),
  });
  return encoded.buffer;
}

/** Messages of the formats 0 and 1, one after the other, from an offset on. */
export function messages(version: 0 | 1, firstOffset: number, records: readonly TestRecord[]): Buffer {
  const parts = records.map((record, k) => {
    const { buffer } = encodeMessageSet({
      messageVersion: version,
      compression: 0,
      entries: [{ ...record, compression: 0 }],
    });
    buffer.writeBigInt64BE(BigInt(firstOffset + k), 0);
    return buffer;
  });
  return Buffer.concat(parts);
}

/** A message whose value is a compressed set of messages. */
export function wrapper(
  version: 0 | 1,
  offset: number,
  timestamp: number,
  codec: number,
  packed: Uint8Array,
): Buffer {
  const { buffer } = encodeMessageSet({
    messageVersion: version,
    compression: codec,
    entries: [{ key: null, value: Buffer.from(packed), timestamp, compression: codec }],
  });
  buffer.writeBigInt64BE(BigInt(offset), 0);
  return buffer;
}

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}
