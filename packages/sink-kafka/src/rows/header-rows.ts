import type { Column, ListColumn, StructColumn } from "@ss/core";
import type { HeaderWriter } from "@ss/kafka";
import { nullHeaderKey } from "../errors.js";
import { ByteRows } from "./byte-rows.js";

/** The rows of the column `headers`. */
export class HeaderRows {
  private readonly keys = new ByteRows();
  private readonly values = new ByteRows();
  private column: Column | undefined;
  private list: ListColumn | undefined;
  private codes: Int32Array | null = null;
  private structs: StructColumn | undefined;
  private structCodes: Int32Array | null = null;

  /** Goes on with another column; without one there are no headers. */
  bind(column: Column | undefined): void {
    this.column = column;
    this.list = undefined;
    if (column === undefined || column.layout === "null") return;
    this.codes = column.layout === "dictionary" ? column.codes : null;
    this.list = (column.layout === "dictionary" ? column.dictionary : column) as ListColumn;
    const { elements } = this.list;
    this.structs = undefined;
    if (elements.layout === "null") return;
    this.structCodes = elements.layout === "dictionary" ? elements.codes : null;
    this.structs = (elements.layout === "dictionary" ? elements.dictionary : elements) as StructColumn;
    this.keys.bind(this.structs.children[0]);
    this.values.bind(this.structs.children[1]);
  }

  /** Hands the headers of a row over. */
  write(row: number, to: HeaderWriter): void {
    to.reset();
    const { list } = this;
    if (list === undefined || this.column!.isNull(row)) return;
    const at = this.codes === null ? row : this.codes[row]!;
    if (list.isNull(at)) return;
    const start = list.starts[at]!;
    for (let k = start; k < start + list.lengths[at]!; k++) this.writeOne(list, k, to);
  }

  private writeOne(list: ListColumn, k: number, to: HeaderWriter): void {
    const { keys, values, structs } = this;
    if (structs === undefined || list.elements.isNull(k)) throw nullHeaderKey();
    const struct = this.structCodes === null ? k : this.structCodes[k]!;
    const key = keys.at(struct);
    if (key < 0) throw nullHeaderKey();
    const value = values.at(struct);
    to.add(
      keys.data,
      keys.starts[key]!,
      keys.lengths[key]!,
      values.data,
      value < 0 ? 0 : values.starts[value]!,
      value < 0 ? -1 : values.lengths[value]!,
    );
  }
}
