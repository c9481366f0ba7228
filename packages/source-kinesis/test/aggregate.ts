import { createHash } from "node:crypto";

/** A record of a program, as the producer library packs it. */
export interface Packed {
  readonly key: string;
  readonly data: string;
  readonly hashKey?: string;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

const bytesField = (field: number, bytes: Iterable<number>): number[] => {
  const all = [...bytes];
  return [...varint(field * 8 + 2), ...varint(all.length), ...all];
};
const numberField = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];

/** Packs records into one. */
export function aggregate(records: readonly Packed[]): Uint8Array {
  const keys = [...new Set(records.map(({ key }) => key))];
  const hashKeys = [...new Set(records.flatMap(({ hashKey }) => hashKey ?? []))];
  const message = Buffer.from([
    ...keys.flatMap((key) => bytesField(1, text(key))),
    ...hashKeys.flatMap((key) => bytesField(2, text(key))),
    ...records.flatMap(({ key, data, hashKey }) =>
      bytesField(3, [
        ...numberField(1, keys.indexOf(key)),
        ...(hashKey === undefined ? [] : numberField(2, hashKeys.indexOf(hashKey))),
        ...bytesField(3, text(data)),
        // a tag, which nobody reads
        ...bytesField(4, bytesField(1, text("tag"))),
      ]),
    ),
  ]);
  const digest = createHash("md5").update(message).digest();
  return Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), message, digest]);
}
