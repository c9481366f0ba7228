import type { TimeZone } from "../datetime/time-zone.js";
import type { FieldColumn } from "../text/field-table.js";
import { type KernelExports, kernelAddress, kernels } from "./kernel-module.js";

/** Kernels may load this many bytes behind a field. */
const REACH_BYTES = 64;

/**
 * The fields of a column whose values a kernel reads together. All arrays have to lie in the kernels' memory; where one does not,
 * the functions here return -1 and do nothing.
 *
 * They read the fields of the kinds in `kinds` that are written in a plain form, and put the numbers of all other rows, in
 * ascending order, into `left`; the result is how many those are.
 */
export interface FieldBatch {
  readonly bytes: Uint8Array;
  readonly column: FieldColumn;
  readonly rowCount: number;
  /** A bit for each `KIND_` of fields whose span is the text of a value. */
  readonly kinds: number;
  /** Has room for `rowCount` numbers. */
  readonly left: Int32Array;
}

type ParseKernel = KernelExports["parseInt64s"];

function parseWith(kernel: ParseKernel, batch: FieldBatch, out: ArrayBufferView): number {
  const { bytes, column, rowCount, kinds, left } = batch;
  const base = kernelAddress(bytes);
  const starts = kernelAddress(column.starts);
  const lengths = kernelAddress(column.lengths);
  const kindsAt = kernelAddress(column.kinds);
  const outAt = kernelAddress(out);
  const leftAt = kernelAddress(left);
  if (base < 0 || starts < 0 || lengths < 0 || kindsAt < 0 || outAt < 0 || leftAt < 0) return -1;
  if (base + bytes.length + REACH_BYTES > kernels().memory.current().byteLength) return -1;
  return kernel(base, starts, lengths, kindsAt, kinds, rowCount, outAt, leftAt);
}

/** BIGINT values of at most 18 digits, as `parseInt64Into` reads them. */
export function parseInt64Fields(batch: FieldBatch, out: BigInt64Array): number {
  return parseWith(kernels().exports.parseInt64s, batch, out);
}

/** INT values, as `parseInt32` reads them. */
export function parseInt32Fields(batch: FieldBatch, out: Int32Array): number {
  return parseWith(kernels().exports.parseInt32s, batch, out);
}

/** DOUBLE values whose digits and power of ten are exact, as `parseDoubleInto` reads them. */
export function parseDoubleFields(batch: FieldBatch, out: Float64Array): number {
  return parseWith(kernels().exports.parseDoubles, batch, out);
}

/** DATE values `yyyy-MM-dd` as days, as `parseDate` reads them. */
export function parseDateFields(batch: FieldBatch, out: Int32Array): number {
  return parseWith(kernels().exports.parseDates, batch, out);
}

/** DECIMAL(precision, scale) values of at most 18 digits, as `parseDecimal64Into` reads them. */
export function parseDecimal64Fields(
  batch: FieldBatch,
  precision: number,
  scale: number,
  out: BigInt64Array,
): number {
  const { parseDecimals } = kernels().exports;
  const kernel: ParseKernel = (base, starts, lengths, kinds, direct, count, outAt, left) =>
    parseDecimals(base, starts, lengths, kinds, direct, count, outAt, left, precision, scale);
  return parseWith(kernel, batch, out);
}

/**
 * TIMESTAMP values `yyyy-MM-dd( |T)HH:mm:ss[.f{1,6}][Z]` as microseconds, as `parseTimestampInto` reads them; in a zone whose
 * offset changes only those that end in Z.
 */
export function parseTimestampFields(batch: FieldBatch, zone: TimeZone, out: BigInt64Array): number {
  const offset = zone.isFixed ? zone.offsetAt(0) : 0;
  return parseTimes(batch, zone.isFixed, offset, true, out);
}

/** TIMESTAMP_NTZ values of the same form without a Z, as `parseTimestampNtzInto` reads them. */
export function parseTimestampNtzFields(batch: FieldBatch, out: BigInt64Array): number {
  return parseTimes(batch, true, 0, false, out);
}

function parseTimes(
  batch: FieldBatch,
  readsLocal: boolean,
  localOffset: number,
  readsZ: boolean,
  out: BigInt64Array,
): number {
  const { parseTimestamps } = kernels().exports;
  const kernel: ParseKernel = (base, starts, lengths, kinds, direct, count, outAt, left) =>
    parseTimestamps(
      base,
      starts,
      lengths,
      kinds,
      direct,
      count,
      outAt,
      left,
      readsLocal ? 1 : 0,
      localOffset,
      readsZ ? 1 : 0,
    );
  return parseWith(kernel, batch, out);
}

/** The first row whose kind (or status) is another, or `rowCount`; 0 for codes that lie outside the kernels' memory. */
export function firstOtherKind(kinds: Uint8Array, rowCount: number, kind: number): number {
  const address = kernelAddress(kinds);
  return address < 0 ? 0 : kernels().exports.firstOtherKind(address, rowCount, kind) >>> 0;
}
