import {
  type BytesBuilder,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type StructBuilder,
  VariantType,
} from "@ss/core";
import {
  type FieldColumn,
  type JsonOptions,
  KIND_NULL,
  VariantBuilder,
  VariantError,
  VariantJsonParser,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { elementCode } from "../../expression/element-code.js";
import { BAD, type FieldPlace, type FieldValues } from "../text-record/field-values.js";

/** VARIANT from values of every kind; JSON null is a variant, and only what is missing is null. */
export class JsonVariantValues implements FieldValues {
  isUsed = false;
  /** Where each row is among the variants of the batch. */
  places: Int32Array = new Int32Array(0);
  readonly variants: StructBuilder = columnBuilder(VariantType) as StructBuilder;
  protected readonly parser: VariantJsonParser;
  protected readonly made: VariantBuilder = new VariantBuilder();

  constructor(grammar: JsonOptions) {
    this.parser = new VariantJsonParser(grammar);
  }

  useAll(): void {
    this.isUsed = true;
  }

  start(rowCount: number): void {
    if (this.places.length < rowCount)
      this.places = new Int32Array(Math.max(rowCount, 2 * this.places.length));
  }

  clear(): void {
    this.variants.reset();
  }

  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void {
    const { places, variants, made } = this;
    const [metadata, values] = variants.children as unknown as readonly [BytesBuilder, BytesBuilder];
    for (let row = from; row < to; row++) {
      places[row] = variants.length;
      const isMissing = column.lengths[row]! < 0 && column.kinds[row] !== KIND_NULL;
      if (!isMissing && this.isMade(bytes, column, row)) {
        metadata.appendBytes(made.metadata.bytes, 0, made.metadata.length);
        values.appendBytes(made.value.bytes, 0, made.value.length);
        variants.close();
      } else {
        variants.appendNull();
        if (!isMissing) bad[row]! |= BAD;
      }
    }
  }

  private isMade(bytes: Uint8Array, column: FieldColumn, row: number): boolean {
    const { made } = this;
    made.reset();
    try {
      if (!this.append(bytes, column.starts[row]!, column.lengths[row]!, column.kinds[row]!)) return false;
      made.finish();
      return true;
    } catch (error) {
      if (error instanceof VariantError) return false;
      throw error;
    }
  }

  protected append(bytes: Uint8Array, start: number, length: number, kind: number): boolean {
    return this.parser.appendField(bytes, start, length, kind, this.made);
  }

  builder(): ColumnBuilder {
    return columnBuilder(VariantType);
  }

  column(): Column {
    return this.variants.view();
  }

  code(writer: CodeWriter, { path, row }: FieldPlace): Code {
    this.isUsed = true;
    const variants = writer.builder(this.variants);
    return elementCode(VariantType, variants, `${writer.local(`${path}.places`)}[${row}]`);
  }
}

/** A variant that is the whole text. */
export class JsonRootVariantValues extends JsonVariantValues {
  protected override append(bytes: Uint8Array, start: number, length: number): boolean {
    return this.parser.appendDocument(bytes, start, start + length, this.made);
  }
}
