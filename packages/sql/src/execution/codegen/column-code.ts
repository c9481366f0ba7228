import { assert, type Column, layoutOf, type DataType } from "@ss/core";
import { structChildren } from "@ss/core";
import type { Code } from "../../expression/code.js";

/** What decides the code that reads a column: its layout, whether it has nulls, and the same of its children. */
export function columnSignature(column: Column): string {
  const mark = column.validity === null ? "" : "?";
  switch (column.layout) {
    case "struct":
      return `struct${mark}(${column.children.map(columnSignature).join()})`;
    case "dictionary":
      return `dictionary${mark}(${columnSignature(column.dictionary)})`;
    default:
      return column.layout + mark;
  }
}

/**
 * The parts of row `row` of an input column. `path` is the text by which the generated code reaches the column; `local`
 * declares a constant before the loop and returns its name.
 */
export function columnCode(
  column: Column,
  path: string,
  row: string,
  local: (initial: string) => string,
): Code {
  const { type } = column;
  const isNull = nullTest(column, path, row, local);
  switch (column.layout) {
    case "boolean":
      return { type, isNull, layout: "boolean", value: `(${local(`${path}.values`)}[${row}] === 1)` };
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64":
      return { type, isNull, layout: column.layout, value: `${local(`${path}.values`)}[${row}]` };
    case "int64":
      return {
        type,
        isNull,
        layout: "int64",
        value: `${local(`${path}.values`)}[${row}]`,
        words: { array: local(`${path}.words`), index: row },
      };
    case "int128": {
      const values = local(`${path}.values`);
      const value = `((${values}[2 * ${row} + 1] << 64n) | BigInt.asUintN(64, ${values}[2 * ${row}]))`;
      return { type, isNull, layout: "int128", value };
    }
    case "bytes":
      return {
        type,
        isNull,
        layout: "bytes",
        data: local(`${path}.data`),
        start: `${local(`${path}.starts`)}[${row}]`,
        length: `${local(`${path}.lengths`)}[${row}]`,
      };
    case "interval":
      return {
        type,
        isNull,
        layout: "interval",
        months: `${local(`${path}.months`)}[${row}]`,
        days: `${local(`${path}.days`)}[${row}]`,
        micros: `${local(`${path}.micros`)}[${row}]`,
      };
    case "list":
      return {
        type,
        isNull,
        layout: "list",
        column: local(`${path}.elements`),
        start: `${local(`${path}.starts`)}[${row}]`,
        length: `${local(`${path}.lengths`)}[${row}]`,
      };
    case "map":
      return {
        type,
        isNull,
        layout: "map",
        keys: local(`${path}.keys`),
        mapValues: local(`${path}.mapValues`),
        start: `${local(`${path}.starts`)}[${row}]`,
        length: `${local(`${path}.lengths`)}[${row}]`,
      };
    case "struct":
      return {
        type,
        isNull,
        layout: "struct",
        fields: column.children.map((child, k) => columnCode(child, `${path}.children[${k}]`, row, local)),
      };
    case "dictionary": {
      const code = columnCode(column.dictionary, `${path}.dictionary`, `${local(`${path}.codes`)}[${row}]`, local);
      return { ...code, isNull };
    }
    case "null":
      return { type, isNull: "true", layout: "null" };
  }
}

function nullTest(column: Column, path: string, row: string, local: (initial: string) => string): string {
  if (column.layout === "null") return "true";
  if (column.validity === null) return "false";
  const bits = local(`${path}.validity`);
  return `((${bits}[${row} >> 3] & (1 << (${row} & 7))) === 0)`;
}

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
      const fields = structChildren(type).map((child, k) => elementCode(child, `${source}.children[${k}]`, index));
      return { type, isNull, layout, fields };
    }
    case "null":
      return { type, isNull: "true", layout };
  }
  assert(false, `no element of ${type.kind}`);
}
