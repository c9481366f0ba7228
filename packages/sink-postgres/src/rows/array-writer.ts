import type { Column, ListColumn } from "@ss/core";
import { ByteArena } from "@ss/kernels";
import { ValueWriter } from "./value-writer.js";

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Arrays as `{1,NULL,"a b"}`; arrays in arrays are rows of a matrix, which have to be of one length. */
export class ArrayWriter extends ValueWriter {
  override readonly isPlain: boolean = false;
  private readonly elements: ValueWriter;
  private readonly scratch = new ByteArena(64);
  private column!: ListColumn;

  constructor(elements: ValueWriter) {
    super();
    this.elements = elements;
  }

  protected take(column: Column): void {
    this.column = column as ListColumn;
    this.elements.bind(this.column.elements);
  }

  protected put(i: number, arena: ByteArena): void {
    const { starts, lengths, elements: values } = this.column;
    const end = starts[i]! + lengths[i]!;
    arena.appendByte(OPEN_BRACE);
    for (let k = starts[i]!; k < end; k++) {
      if (k > starts[i]!) arena.appendByte(COMMA);
      if (values.isNull(k)) arena.appendString("NULL");
      else this.element(k, arena);
    }
    arena.appendByte(CLOSE_BRACE);
  }

  private element(k: number, arena: ByteArena): void {
    const { elements, scratch } = this;
    if (elements instanceof ArrayWriter) return elements.write(k, arena);
    scratch.clear();
    elements.write(k, scratch);
    arena.appendByte(QUOTE);
    for (let i = 0; i < scratch.length; i++) {
      const byte = scratch.bytes[i]!;
      if (byte === QUOTE || byte === BACKSLASH) arena.appendByte(BACKSLASH);
      arena.appendByte(byte);
    }
    arena.appendByte(QUOTE);
  }
}
