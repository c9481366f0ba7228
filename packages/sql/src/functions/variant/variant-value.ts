import type { Value } from "@ss/core";
import {
  ByteArena,
  type TimeZone,
  UTC,
  type VariantBuilder,
  VariantReader,
  writeVariantJson,
} from "@ss/kernels";
import { variantFailure } from "./variant-errors.js";

/** A variant as a boxed value: its metadata and its value. */
export type VariantParts = readonly [metadata: Uint8Array, value: Uint8Array];

const text = new ByteArena(1024);
const reader = new VariantReader();

/** What a builder holds, as a boxed value. */
export function builtVariant({ metadata, value }: VariantBuilder): VariantParts {
  return [metadata.bytes.slice(0, metadata.length), value.bytes.slice(0, value.length)];
}

/** The value at a position of an open variant, as JSON. */
export function variantJsonAt(open: VariantReader, at: number, zone: TimeZone): string {
  text.clear();
  writeVariantJson(open, at, { zone }, text);
  return Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.length).toString();
}

/** A boxed variant as JSON. */
export function variantJson(value: Value, zone: TimeZone = UTC): string {
  const [metadata, bytes] = value as unknown as VariantParts;
  try {
    reader.openParts(metadata, bytes);
    return variantJsonAt(reader, reader.root, zone);
  } catch (error) {
    throw variantFailure(error, "to_json");
  }
}
