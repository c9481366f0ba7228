import { assert, type DataType, layoutOf, structChildren } from "@ss/core";
import type { Code } from "./code.js";

/**
 * The parts of element `index` of a list's elements, where `source` names a Column or a ColumnBuilder that is known only at
 * run time. Elements are never dictionary-encoded.
 */
export function elementCode(type: DataType, source: string, index: string): Code {
  const layout = layoutOf(type);
  const isNull = `${source}.isNull(${index})`;
  switch (layout) {
    case "boolean":
      return { type, isNull, layout, value: `(${source}.values[${index}] === 1)` };
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64":
    case "int64":
      return { type, isNull, layout, value: `${source}.values[${index}]` };
    case "int128": {
      const value = `((${source}.values[2 * ${index} + 1] << 64n) | BigInt.asUintN(64, ${source}.values[2 * ${index}]))`;
      return { type, isNull, layout, value };
    }
    case "bytes":
      return {
        type,
        isNull,
        layout,
        data: `${source}.data`,
        start: `${source}.starts[${index}]`,
        length: `${source}.lengths[${index}]`,
      };
    case "interval": {
      // a builder keeps builders for the parts, a column keeps arrays
      const part = (name: string): string => `(${source}.${name}.values ?? ${source}.${name})[${index}]`;
      return { type, isNull, layout, months: part("months"), days: part("days"), micros: part("micros") };
    }
    case "list":
      return {
        type,
        isNull,
        layout,
        column: `${source}.elements`,
        start: `${source}.starts[${index}]`,
        length: `${source}.lengths[${index}]`,
      };
    case "map":
      return {
        type,
        isNull,
        layout,
        keys: `${source}.keys`,
        mapValues: `${source}.mapValues`,
        start: `${source}.starts[${index}]`,
        length: `${source}.lengths[${index}]`,
      };
    case "struct": {
      const fields = structChildren(type).map((child, k) =>
        elementCode(child, `${source}.children[${k}]`, index),
      );
      return { type, isNull, layout, fields };
    }
    case "null":
      return { type, isNull: "true", layout };
  }
  assert(false, `no element of ${type.kind}`);
}
