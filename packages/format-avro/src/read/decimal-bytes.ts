import { type ColumnBuilder, type DecimalType, Int64Builder, type Int128Builder } from "@ss/core";
import { type ByteReader, MalformedValue } from "./byte-reader.js";

/** Appends the decimal that bytes hold: its unscaled value in two's complement, the highest byte first. */
export type AppendDecimal = (reader: ByteReader, start: number, length: number) => void;

/** Appends decimals to a builder of their type. */
export function decimalAppender(type: DecimalType, out: ColumnBuilder): AppendDecimal {
  const limit = 10n ** BigInt(type.precision);
  const check = (value: bigint): bigint => {
    if (value >= limit || value <= -limit)
      throw new MalformedValue(`a decimal has more than ${type.precision} digits`);
    return value;
  };
  const put =
    out instanceof Int64Builder
      ? (value: bigint): void => {
          const at = out.next(true);
          out.values[at] = value;
        }
      : (value: bigint): void => (out as Int128Builder).write(out.next(true), value);
  return (reader, start, length) => put(check(wholeNumber(reader.bytes, start, length)));
}

/** More bytes than the widest decimal needs, sign and all. */
const BYTES_MAX = 17;

function wholeNumber(bytes: Uint8Array, start: number, length: number): bigint {
  const end = start + length;
  if (length <= 6) {
    let small = length === 0 ? 0 : (bytes[start]! << 24) >> 24;
    for (let k = start + 1; k < end; k++) small = small * 256 + bytes[k]!;
    return BigInt(small);
  }
  const sign = bytes[start]! >= 0x80 ? 0xff : 0;
  let from = start;
  while (from < end - BYTES_MAX && bytes[from] === sign) from++;
  if (end - from > BYTES_MAX) throw new MalformedValue("a decimal has too many bytes");
  let value = sign === 0 ? 0n : -1n;
  for (let k = from; k < end; k++) value = (value << 8n) | BigInt(bytes[k]!);
  return value;
}
