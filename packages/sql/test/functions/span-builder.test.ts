import type { BytesColumn } from "@ss/core";
import { KernelArrays } from "@ss/kernels";
import { expect, test } from "vitest";
import { SpanBuilder, splitAtByte, splitAtBytes } from "../../src/functions/string/span-builder.js";

const TEXT = " one two  three four five six seven eight nine ten ";
const COMMA = 44;
const SPACE = 32;

function partsOf(data: Uint8Array, rows: number, separator: number | Uint8Array): string[][] {
  const builder = new SpanBuilder();
  const bounds = [0];
  for (let row = 0; row < rows; row++) {
    const start = row % TEXT.length;
    if (typeof separator === "number") splitAtByte(builder, data, start, TEXT.length - start, separator);
    else splitAtBytes(builder, data, start, TEXT.length - start, separator, -1);
    bounds.push(builder.length);
  }
  const column = builder.view() as BytesColumn;
  const decoder = new TextDecoder();
  const texts = Array.from({ length: column.length }, (_, k) =>
    decoder.decode(data.slice(column.starts[k], column.starts[k]! + column.lengths[k]!)),
  );
  return bounds.slice(1).map((end, row) => texts.slice(bounds[row], end));
}

function expectedParts(rows: number, separator: string): string[][] {
  return Array.from({ length: rows }, (_, row) => TEXT.slice(row % TEXT.length).split(separator));
}

test.each([
  ["ordinary bytes", false],
  ["bytes in the kernels' memory", true],
])("parts of %s are where the separators are not, however many rows there are", (_name, isKernels) => {
  const arrays = new KernelArrays();
  const source = new TextEncoder().encode(TEXT);
  const data = isKernels ? arrays.bytes(source.length + 64) : new Uint8Array(source.length);
  data.set(source);
  for (const rows of [1, 3000]) {
    expect(partsOf(data, rows, SPACE)).toEqual(expectedParts(rows, " "));
    expect(partsOf(data, rows, COMMA)).toEqual(expectedParts(rows, ","));
    expect(partsOf(data, rows, new TextEncoder().encode("e "))).toEqual(expectedParts(rows, "e "));
  }
  arrays.release();
});
