import { assert } from "../../errors/stream-error.js";
import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { Value } from "../value.js";
import { ColumnBuilder } from "./column-builder.js";

/** The types of a struct's children; a VARIANT lies in memory as two binaries, metadata and value. */
export function structChildren(type: DataType): readonly DataType[] {
  if (type.kind === "variant") return [{ kind: "binary" }, { kind: "binary" }];
  assert(type.kind === "struct", `a struct type was expected, not ${type.kind}`);
  return type.fields.map((field) => field.type);
}

/** Builds columns of structs. */
export class StructBuilder extends ColumnBuilder {
  readonly children: readonly ColumnBuilder[];
  constructor(type: DataType, children: readonly ColumnBuilder[]) {
    super(type);
    this.children = children;
  }
  append(value: Value): void {
    this.next(value !== null);
    const values = value as readonly Value[] | null;
    for (let k = 0; k < this.children.length; k++)
      this.children[k]!.append(values === null ? null : values[k]!);
  }
  override appendNull(): void {
    this.append(null);
  }
  /** Ends a row whose fields were appended to the children. */
  close(): void {
    this.next(true);
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]!);
    this.next(true);
    const { children } = column as c.StructColumn;
    for (let k = 0; k < children.length; k++) this.children[k]!.appendFrom(children[k]!, i);
  }
  override appendRange(column: c.Column, from: number, to: number): void {
    if (column.layout !== "struct") return super.appendRange(column, from, to);
    this.nextRange(column, from, to);
    for (let k = 0; k < this.children.length; k++)
      this.children[k]!.appendRange(column.children[k]!, from, to);
  }
  override setNull(slot: number): void {
    super.setNull(slot);
    for (const child of this.children) child.setNull(slot);
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    if (column.isNull(i)) return this.setNull(slot);
    this.mark(slot, true);
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]!);
    const { children } = column as c.StructColumn;
    for (let k = 0; k < children.length; k++) this.children[k]!.setFrom(slot, children[k]!, i);
  }
  protected grow(): void {}
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const children = this.children.map((child) => (copy ? child.finish() : child.view()));
    return new c.StructColumn(this.type, length, validity, children);
  }
  protected override truncateValues(): void {
    for (const child of this.children) child.truncate(this.length);
  }
  protected resetValues(): void {
    for (const child of this.children) child.reset();
  }
  byteSize(): number {
    return this.children.reduce((sum, child) => sum + child.byteSize(), this.validity.byteLength);
  }
}
