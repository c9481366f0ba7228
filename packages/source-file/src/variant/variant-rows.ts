import { type BytesBuilder, type Column, columnBuilder, type StructBuilder, VariantType } from "@ss/core";
import { VariantBuilder, VariantError } from "@ss/kernels";

/** A column of variants, row by row: each is written with `builder`, or is null. */
export class VariantRows {
  readonly builder: VariantBuilder = new VariantBuilder();
  private readonly rows = columnBuilder(VariantType) as StructBuilder;
  private readonly metadata: BytesBuilder;
  private readonly values: BytesBuilder;

  constructor() {
    [this.metadata, this.values] = this.rows.children as unknown as [BytesBuilder, BytesBuilder];
  }

  /** Begins a batch. */
  reset(): void {
    this.rows.reset();
  }

  appendNull(): void {
    this.rows.appendNull();
  }

  /** Appends what `write` puts into the builder; null, and false, where it gives false or the builder refuses it. */
  append(write: () => boolean): boolean {
    const { builder } = this;
    builder.reset();
    if (!this.isWritten(write)) {
      this.rows.appendNull();
      return false;
    }
    this.metadata.appendBytes(builder.metadata.bytes, 0, builder.metadata.length);
    this.values.appendBytes(builder.value.bytes, 0, builder.value.length);
    this.rows.close();
    return true;
  }

  private isWritten(write: () => boolean): boolean {
    try {
      if (!write()) return false;
      this.builder.finish();
      return true;
    } catch (error) {
      if (error instanceof VariantError) return false;
      throw error;
    }
  }

  /** The column, until the next `reset`. */
  column(): Column {
    return this.rows.view();
  }
}
