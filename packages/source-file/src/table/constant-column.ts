import { type Column, columnBuilder, type DataType, DictionaryColumn, type Value } from "@ss/core";

type Dictionary = DictionaryColumn["dictionary"];

/** A column with the same value in every row, for batches of any size. */
export class ConstantColumn {
  private readonly type: DataType;
  private readonly dictionary: Dictionary;
  private readonly isNull: boolean;
  private codes = new Int32Array(0);
  private nulls = new Uint8Array(0);

  constructor(type: DataType, value: Value) {
    this.type = type;
    this.isNull = value === null;
    const builder = columnBuilder(type);
    // a dictionary has no nulls: where the value is null its only entry is never looked at
    if (value === null) builder.next(true);
    else builder.append(value);
    this.dictionary = builder.finish() as Dictionary;
  }

  rows(count: number): Column {
    if (this.codes.length < count) {
      this.codes = new Int32Array(count);
      this.nulls = new Uint8Array((count + 7) >> 3);
    }
    return new DictionaryColumn(
      this.type,
      count,
      this.isNull ? this.nulls : null,
      this.codes,
      this.dictionary,
    );
  }
}
