import type { Column } from "@ss/core";
import type { Code } from "../../expression/code.js";

export { elementCode } from "../../expression/element-code.js";

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
        source: { column: path, row },
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
      const code = columnCode(
        column.dictionary,
        `${path}.dictionary`,
        `${local(`${path}.codes`)}[${row}]`,
        local,
      );
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
