import { crc32c } from "@ss/kernels";
import { ByteCursor } from "../src/protocol/byte-cursor.js";

/** A record of an uncompressed batch, with what the batch says of all. */
export interface BatchRow {
  readonly value: string;
  /** The number of the record in its partition. */
  readonly sequence: number;
  readonly producerId: number;
}

/** Reads a batch by the text of the protocol, and compares its checksum. */
export function decodedBatch(batch: Uint8Array): readonly BatchRow[] {
  const head = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  if (head.getUint32(17) !== crc32c(batch, 21, batch.length)) throw new Error("the checksum is wrong");
  if (head.getInt32(8) !== batch.length - 12) throw new Error("the length is wrong");
  const cursor = new ByteCursor();
  cursor.place(batch, 61, batch.length);
  return Array.from({ length: head.getInt32(57) }, (_, k) => {
    cursor.varint();
    cursor.int8();
    cursor.varlong();
    if (cursor.varint() !== k) throw new Error("the records are not in order");
    const keySize = cursor.varint();
    cursor.at += Math.max(0, keySize);
    const size = cursor.varint();
    const value = Buffer.from(batch.subarray(cursor.at, cursor.at + size)).toString();
    cursor.at += size;
    if (cursor.varint() !== 0) throw new Error("there are headers");
    return { value, sequence: head.getInt32(53) + k, producerId: Number(head.getBigInt64(43)) };
  });
}
