import type { DataType } from "../../schema/data-type.js";
import { valueAt } from "../access.js";
import { type ColumnBuilder, columnBuilder } from "../builder.js";
import type * as c from "../column.js";
import { takeColumn } from "../take.js";
import type { MapValue, Value } from "../value.js";
import { UNKNOWN_CODE } from "./bytes-dictionary.js";
import type { KeyLane, KeyRows } from "./key-lane.js";
import type { KeySegments } from "./key-segments.js";

const NULL_CODE = -1;

/** Arrays and maps: the word is the code of a text that equal values share. */
export class GeneralLane implements KeyLane {
  readonly type: DataType;
  readonly width = 1;
  readonly counts = true;
  readonly bit: number;
  private readonly codes: Map<string, number> = new Map();
  /** By code: its text, the slots that refer to it, and the value that came first. */
  private readonly texts: string[] = [];
  private readonly references: number[] = [];
  private readonly values: ColumnBuilder;
  private readonly free: number[] = [];
  private slotCodes: Int32Array = new Int32Array(64);

  constructor(type: DataType, bit: number) {
    this.type = type;
    this.bit = bit;
    this.values = columnBuilder(type);
  }

  encode(column: c.Column, rows: KeyRows, offset: number): void {
    for (let i = 0; i < rows.rowCount; i++) {
      const value = valueAt(column, i);
      rows.words[i * rows.stride + offset] =
        value === null ? NULL_CODE : this.codeOf(keyText(value), column, i, rows);
    }
  }
  writeNull(rows: KeyRows, i: number, offset: number): void {
    rows.words[i * rows.stride + offset] = NULL_CODE;
  }
  retain(words: Int32Array, at: number): void {
    if (words[at]! >= 0) this.references[words[at]!]!++;
  }
  release(words: Int32Array, at: number): void {
    const code = words[at]!;
    if (code < 0 || --this.references[code]! > 0) return;
    this.codes.delete(this.texts[code]!);
    this.free.push(code);
  }
  sweep(): void {}
  decode(
    words: Int32Array,
    at: number,
    stride: number,
    _nulls: KeySegments | undefined,
    slot: number,
    count: number,
  ): void {
    const end = slot + count;
    if (end > this.slotCodes.length) {
      const larger = new Int32Array(Math.max(end, this.slotCodes.length * 2));
      larger.set(this.slotCodes);
      this.slotCodes = larger;
    }
    for (let k = slot, from = at; k < end; k++, from += stride) this.slotCodes[k] = words[from]!;
  }
  column(length: number): c.Column {
    return takeColumn(this.values.view(), this.slotCodes, length);
  }
  clear(): void {
    this.codes.clear();
    this.texts.length = 0;
    this.references.length = 0;
    this.free.length = 0;
    this.values.reset();
  }
  byteSize(): number {
    return this.values.byteSize() + this.texts.length * 64;
  }

  private codeOf(text: string, column: c.Column, i: number, rows: KeyRows): number {
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    if (!rows.add) {
      rows.hasUnknown = true;
      return UNKNOWN_CODE;
    }
    const code = this.free.pop() ?? this.texts.length;
    if (code === this.texts.length) this.values.appendFrom(column, i);
    else this.values.setFrom(code, column, i);
    this.texts[code] = text;
    this.references[code] = 0;
    this.codes.set(text, code);
    return code;
  }
}

/** A text that two values share exactly if they are equal as group keys. */
function keyText(value: Value): string {
  if (value === null) return "~";
  switch (typeof value) {
    case "boolean":
      return value ? "t" : "f";
    case "number":
      // String(-0) is "0"
      return String(value);
    case "bigint":
      return `${value}n`;
    case "string":
      return `"${value.length}:${value}`;
  }
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(keyText).join(",")}]`;
  if ("keys" in value) return mapText(value as MapValue);
  if ("months" in value) return `i${value.months},${value.days},${value.micros}`;
  return "";
}

/** The order of the entries does not count. */
function mapText({ keys, values }: MapValue): string {
  const entries = keys.map((key, k) => `${keyText(key)}=${keyText(values[k]!)}`);
  return `{${entries.sort().join(",")}}`;
}
