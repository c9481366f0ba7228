import {
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type DataType,
  type DictionaryColumn,
} from "@ss/core";

/** What an expression of one column gives for the entries of a dictionary, as far as rows have asked. */
export class DictionaryResults {
  /** By code: 0 where nothing is known yet, -1 for null, else the place of the value in `builder`, from 1. */
  readonly places: Int32Array;
  /** The place in `places` of rows that are null. */
  readonly nullEntry: number;
  readonly builder: ColumnBuilder;
  private shown: DictionaryColumn["dictionary"] | undefined;

  constructor(dictionary: Column, type: DataType) {
    this.nullEntry = dictionary.length;
    this.places = new Int32Array(dictionary.length + 1);
    this.builder = columnBuilder(type);
  }

  /** The values so far: the same column until there are more, so that what others remember about it holds. */
  column(): DictionaryColumn["dictionary"] {
    if (this.shown === undefined || this.shown.length !== this.builder.length) {
      this.shown = this.builder.view() as DictionaryColumn["dictionary"];
    }
    return this.shown;
  }
}
