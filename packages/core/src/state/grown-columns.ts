import { columnBuilder } from "../column/builder.js";
import * as c from "../column/column.js";
import type { DataType } from "../schema/data-type.js";
import { sameType } from "../schema/data-type.js";
import type { StructType } from "../schema/struct-type.js";

/** Whether a type is another one with fields added at the end of its structs; names and nullability do not count. */
export function isGrown(stored: DataType, now: DataType): boolean {
  if (stored.kind === "struct" && now.kind === "struct") return areGrown(stored, now);
  if (stored.kind === "array" && now.kind === "array") return isGrown(stored.elementType, now.elementType);
  if (stored.kind === "map" && now.kind === "map") {
    return isGrown(stored.keyType, now.keyType) && isGrown(stored.valueType, now.valueType);
  }
  return sameType(stored, now, true);
}

function areGrown(stored: StructType, now: StructType): boolean {
  return (
    stored.fields.length <= now.fields.length &&
    stored.fields.every((field, k) => isGrown(field.type, now.fields[k]!.type))
  );
}

/** Columns of a stored schema as those of a schema that has grown out of it: added fields are null. */
export function grownColumns(columns: readonly c.Column[], now: StructType, rowCount: number): c.Column[] {
  return now.fields.map(({ type }, k) => {
    const column = columns[k];
    return column === undefined ? nulls(type, rowCount) : grownColumn(column, type);
  });
}

function grownColumn(column: c.Column, now: DataType): c.Column {
  switch (column.layout) {
    case "struct": {
      if (now.kind !== "struct") return column;
      const { length, validity, children } = column;
      return new c.StructColumn(now, length, validity, grownColumns(children, now, length));
    }
    case "list": {
      if (now.kind !== "array") return column;
      const { length, validity, starts, lengths, elements } = column;
      return new c.ListColumn(now, length, validity, starts, lengths, grownColumn(elements, now.elementType));
    }
    case "map": {
      if (now.kind !== "map") return column;
      const { length, validity, starts, lengths, keys, mapValues } = column;
      const [grownKeys, grownValues] = [
        grownColumn(keys, now.keyType),
        grownColumn(mapValues, now.valueType),
      ];
      return new c.MapColumn(now, length, validity, starts, lengths, grownKeys, grownValues);
    }
    default:
      return column;
  }
}

function nulls(type: DataType, length: number): c.Column {
  const builder = columnBuilder(type);
  for (let i = 0; i < length; i++) builder.appendNull();
  return builder.finish();
}
