import { type Column, valueAt } from "@ss/core";
import { type ExternalOptions, toExternal } from "./external-value.js";

/** What a person sees of row `i`. */
export type Reader<T> = (i: number) => T;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads the values of a column as a program sees them; good as long as the column is. */
export function valueReader(column: Column, options: ExternalOptions, name: string): Reader<unknown> {
  const { type } = column;
  switch (column.layout) {
    case "dictionary":
      return ofDictionary(column, options, name);
    case "boolean":
      return (i) => (column.isNull(i) ? null : column.values[i] === 1);
    case "bytes": {
      if (type.kind === "binary") break;
      const { data, starts, lengths } = column;
      return (i) =>
        column.isNull(i) ? null : decoder.decode(data.subarray(starts[i]!, starts[i]! + lengths[i]!));
    }
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64": {
      if (type.kind === "date") break;
      const { values } = column;
      return (i) => (column.isNull(i) ? null : values[i]!);
    }
  }
  return (i) => toExternal(valueAt(column, i), type, options, name);
}

/** Each word is made once. */
function ofDictionary(
  column: Extract<Column, { layout: "dictionary" }>,
  options: ExternalOptions,
  name: string,
): Reader<unknown> {
  const read = valueReader(column.dictionary, options, name);
  // what a program can change belongs to the row that it is given to
  if (!isText(column.dictionary)) return (i) => (column.isNull(i) ? null : read(column.codes[i]!));
  const known: unknown[] = [];
  return (i) => {
    if (column.isNull(i)) return null;
    const code = column.codes[i]!;
    return (known[code] ??= read(code));
  };
}

function isText(column: Column): boolean {
  return column.layout === "bytes" && column.type.kind !== "binary";
}

/** Makes objects of one shape, with these fields in this order. */
export type ObjectMaker = (readers: readonly Reader<unknown>[]) => Reader<object>;

/** The maker of objects with fields of some names, which may be any text. */
export function objectMaker(names: readonly string[]): ObjectMaker {
  // computed keys never reach a prototype; of two fields of one name the later counts
  const fields = names.map((name, k) => `[${escaped(name)}]: r${k}(i)`).join(", ");
  const readers = names.map((_, k) => `r${k} = readers[${k}]`).join(", ");
  const body = `${names.length > 0 ? `const ${readers};` : ""} return (i) => ({ ${fields} });`;
  return new Function("readers", body) as ObjectMaker;
}

function escaped(name: string): string {
  return JSON.stringify(name).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** Reads rows as objects, or as what stands alone in them. */
export class ObjectReader {
  private readonly names: readonly string[];
  private readonly make: ObjectMaker;
  private readonly options: ExternalOptions;
  private readonly alone: boolean;

  /** `alone`: rows have one column, whose value is read instead of an object. */
  constructor(names: readonly string[], options: ExternalOptions, alone = false) {
    this.names = names;
    this.alone = alone;
    this.make = objectMaker(names);
    this.options = options;
  }

  /** The rows of some columns; good as long as these are. */
  over(columns: readonly Column[]): Reader<object> {
    if (this.alone) return valueReader(columns[0]!, this.options, this.names[0]!) as Reader<object>;
    return this.make(columns.map((column, k) => valueReader(column, this.options, this.names[k]!)));
  }
}
