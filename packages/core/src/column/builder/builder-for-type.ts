import { assert } from "../../errors/stream-error.js";
import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { BooleanBuilder } from "./boolean-builder.js";
import { BytesBuilder } from "./bytes-builder.js";
import type { ColumnBuilder } from "./column-builder.js";
import { Float32Builder } from "./float32-builder.js";
import { Float64Builder } from "./float64-builder.js";
import { Int8Builder } from "./int8-builder.js";
import { Int16Builder } from "./int16-builder.js";
import { Int32Builder } from "./int32-builder.js";
import { Int64Builder } from "./int64-builder.js";
import { Int128Builder } from "./int128-builder.js";
import { IntervalBuilder } from "./interval-builder.js";
import { ListBuilder } from "./list-builder.js";
import { MapBuilder } from "./map-builder.js";
import { NullBuilder } from "./null-builder.js";
import { StructBuilder, structChildren } from "./struct-builder.js";

/** An empty builder for a type. */
export function columnBuilder(type: DataType): ColumnBuilder {
  switch (c.layoutOf(type)) {
    case "boolean":
      return new BooleanBuilder(type);
    case "int8":
      return new Int8Builder(type);
    case "int16":
      return new Int16Builder(type);
    case "int32":
      return new Int32Builder(type);
    case "int64":
      return new Int64Builder(type);
    case "int128":
      return new Int128Builder(type);
    case "float32":
      return new Float32Builder(type);
    case "float64":
      return new Float64Builder(type);
    case "bytes":
      return new BytesBuilder(type);
    case "interval":
      return new IntervalBuilder(type);
    case "list":
      return listBuilder(type);
    case "map":
      return mapBuilder(type);
    case "struct":
      return new StructBuilder(type, structChildren(type).map(columnBuilder));
    case "null":
      return new NullBuilder(type);
  }
}

function listBuilder(type: DataType): ListBuilder {
  assert(type.kind === "array", `an array type was expected, not ${type.kind}`);
  return new ListBuilder(type, columnBuilder(type.elementType));
}

function mapBuilder(type: DataType): MapBuilder {
  assert(type.kind === "map", `a map type was expected, not ${type.kind}`);
  return new MapBuilder(type, columnBuilder(type.keyType), columnBuilder(type.valueType));
}
