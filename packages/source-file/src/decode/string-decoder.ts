import { BytesBuilder, BytesColumn, type Column, type DataType } from "@ss/core";
import { ByteArena, type FieldColumn, firstOtherKind } from "@ss/kernels";
import type { FieldDecoder } from "./field-decoder.js";
import { validText } from "./valid-text.js";
import { ValidityBits } from "./validity-bits.js";

/** Appends the value of an escaped field to the arena and returns its length, which is at most that of the field. */
export type Unescape = (
  bytes: Uint8Array,
  start: number,
  length: number,
  kind: number,
  arena: ByteArena,
) => number;

/**
 * STRING as views into the chunk: nothing is copied. A field with escapes is written over with its value, which never is
 * longer.
 */
export class StringDecoder implements FieldDecoder {
  readonly type: DataType;
  private readonly escapedKinds: Uint8Array;
  private readonly unescape: Unescape;
  private readonly arena = new ByteArena(256);
  private readonly validity = new ValidityBits();

  private readonly isValid: boolean;
  private readonly plainKind: number;

  /**
   * `escapedKinds` has a 1 for the kinds of fields that have escapes; `isValid` says that the tokeniser lets only valid UTF-8
   * pass. A field of the kind `plainKind` is never null, nor has it escapes.
   */
  constructor(
    type: DataType,
    escapedKinds: Uint8Array,
    unescape: Unescape,
    isValid: boolean,
    plainKind: number = -1,
  ) {
    this.type = type;
    this.escapedKinds = escapedKinds;
    this.unescape = unescape;
    this.isValid = isValid;
    this.plainKind = plainKind;
  }

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number): Column {
    const { starts, lengths, kinds } = field;
    const { escapedKinds, validity } = this;
    validity.reset(rowCount);
    const plainCount = this.plainKind < 0 ? 0 : firstOtherKind(kinds, rowCount, this.plainKind);
    for (let i = plainCount; i < rowCount; i++) {
      if (lengths[i]! < 0) {
        validity.clear(i);
        lengths[i] = 0;
      } else if (escapedKinds[kinds[i]!] === 1) {
        lengths[i] = this.rewrite(bytes, starts[i]!, lengths[i]!, kinds[i]!);
      }
    }
    const column = new BytesColumn(this.type, rowCount, validity.bits, bytes, starts, lengths);
    return this.isValid ? column : validText(column);
  }

  private rewrite(bytes: Uint8Array, start: number, length: number, kind: number): number {
    const { arena } = this;
    arena.clear();
    const size = this.unescape(bytes, start, length, kind, arena);
    bytes.set(arena.bytes.subarray(0, size), start);
    return size;
  }
}

/** Turns the text of a field into bytes; undefined where it is no good. */
export type BytesOf = (
  bytes: Uint8Array,
  start: number,
  length: number,
  kind: number,
) => Uint8Array | undefined;

/** BINARY and other values that have to be computed: rows are copied. */
export class ComputedBytesDecoder implements FieldDecoder {
  readonly type: DataType;
  private readonly column: string;
  private readonly bytesOf: BytesOf;
  private readonly builder: BytesBuilder;

  constructor(type: DataType, column: string, bytesOf: BytesOf) {
    this.type = type;
    this.column = column;
    this.bytesOf = bytesOf;
    this.builder = new BytesBuilder(type);
  }

  decode(
    bytes: Uint8Array,
    field: FieldColumn,
    rowCount: number,
    bad: { mark(row: number, column: string): void },
  ): Column {
    const { starts, lengths, kinds } = field;
    this.builder.reset();
    for (let i = 0; i < rowCount; i++) {
      if (lengths[i]! < 0) {
        this.builder.appendNull();
        continue;
      }
      const value = this.bytesOf(bytes, starts[i]!, lengths[i]!, kinds[i]!);
      if (value === undefined) {
        this.builder.appendNull();
        bad.mark(i, this.column);
      } else this.builder.appendBytes(value, 0, value.length);
    }
    return this.builder.view();
  }
}

/** VOID: whatever stands there, it is null. */
export class NullDecoder implements FieldDecoder {
  readonly type: DataType;
  private readonly make: (rowCount: number) => Column;

  constructor(type: DataType, make: (rowCount: number) => Column) {
    this.type = type;
    this.make = make;
  }

  decode(_bytes: Uint8Array, _field: FieldColumn, rowCount: number): Column {
    return this.make(rowCount);
  }
}
