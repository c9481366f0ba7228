import type { DataType, StructField, Value } from "@ss/core";
import { fieldOf, hasFields, toInternal } from "../../../expression/internal-value.js";
import { beyondDoubles, noBuffer } from "./program-errors.js";

/** The columns that a buffer is kept in: those of its fields, or one. */
export function bufferFields(type: DataType): readonly Pick<StructField, "name" | "type">[] {
  return type.kind === "struct" ? type.fields : [{ name: "value", type }];
}

/** How the buffers of an aggregator are kept between batches: as the values of some columns. */
export class BufferForm {
  private readonly name: string;
  private readonly type: DataType;
  private readonly isStruct: boolean;
  private readonly what: string;
  private readonly fields: readonly {
    readonly name: string;
    readonly type: DataType;
    readonly what: string;
  }[];
  /** The values of the buffer at hand. */
  private readonly kept: Value[];

  constructor(name: string, type: DataType) {
    this.name = name;
    this.type = type;
    this.isStruct = type.kind === "struct";
    const what = `the buffer of the aggregator \`${name}\``;
    this.what = what;
    this.fields = bufferFields(type).map((field) => ({
      name: field.name,
      type: field.type,
      what: this.isStruct ? `${what}.${field.name}` : what,
    }));
    this.kept = this.fields.map(() => null);
  }

  /** The values that a buffer is kept as, up to the next call; refuses one that is not of its type, which `by` gave. */
  of(buffer: unknown, by: string): readonly Value[] {
    const { isStruct, kept, fields } = this;
    if (buffer === undefined || (isStruct && (typeof buffer !== "object" || buffer === null)))
      throw noBuffer(this.name, buffer, by, isStruct);
    try {
      if (isStruct && !hasFields(buffer)) toInternal(buffer, this.type, this.what);
      for (let k = 0; k < fields.length; k++) {
        const { name, type, what } = fields[k]!;
        kept[k] = toInternal(isStruct ? fieldOf(buffer as object, name, k) : buffer, type, what);
      }
      return kept;
    } catch (error) {
      throw beyondDoubles(error);
    }
  }
}
