import { StringType, type StructType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { alwaysNull, type BytesCode, bytesCode } from "../emit/parts.js";
import type { MalformedRecords } from "./malformed-record.js";
import { onDemand } from "./on-demand.js";
import type { RecordColumns } from "./record-columns.js";

/** Records as a struct of their fields. */
export interface RecordsCode {
  readonly struct: Code;
  /** The test whether the record of the row is malformed; it means something where the struct is not null. */
  readonly bad: string;
}

/**
 * Reads the record that a text is: with many others where the text stands in a column, else alone. Only fields that the code goes
 * on to use are read. A text without a record gives null if `blankIsNull`.
 */
export function emitRecords(
  writer: CodeWriter,
  code: BytesCode,
  type: StructType,
  records: RecordColumns,
  { corruptIndex, failFast }: MalformedRecords,
  blankIsNull: boolean,
): RecordsCode {
  const place = code.source === undefined ? alone(writer, code, records) : among(writer, code, records);
  const { path, bytes, row } = place;
  const state = (name: string): string => `(${writer.local(`${path}.${name}`)}[${row}] !== 0)`;
  const bad = state("bad");
  const useAll = (): void => {
    for (const field of records.fields) field.useAll();
  };
  if (failFast) useAll();
  const corrupt = (): Code => {
    // any field may be what makes a record malformed
    useAll();
    return bytesCode(StringType, `!${bad}`, code.data, code.start, code.length);
  };
  const emitters = type.fields.map((_, k) => {
    if (k === corruptIndex) return corrupt;
    const index = records.placeOf(corruptIndex >= 0 && k > corruptIndex ? k - 1 : k);
    if (index < 0) return () => alwaysNull(writer, type.fields[k]!.type);
    const column = `${path}.table.columns[${index}]`;
    return () =>
      records.fields[index]!.code(writer, { path: `${path}.fields[${index}]`, column, bytes, row });
  });
  const isNull = blankIsNull ? orNull(code.isNull, `!${state("found")}`) : code.isNull;
  return { struct: { type, isNull, layout: "struct", fields: onDemand(emitters) }, bad };
}

interface RecordPlace {
  readonly path: string;
  readonly bytes: string;
  readonly row: string;
}

function among(writer: CodeWriter, code: BytesCode, records: RecordColumns): RecordPlace {
  const { column, row } = code.source!;
  const isDictionary = row !== writer.row;
  const path = writer.local(`${writer.constant(records)}.open(${column}, ${isDictionary})`);
  const isDone = `${writer.local(`${path}.done`)}[${row}] !== 0`;
  writer.write(`if (!(${orNull(code.isNull, isDone)})) ${path}.read(${row});`);
  return { path, bytes: writer.local(`${path}.bytes`), row };
}

function alone(writer: CodeWriter, code: BytesCode, records: RecordColumns): RecordPlace {
  const path = writer.constant(records);
  const read = `${path}.readOne(${code.data}, ${code.start}, ${code.length});`;
  writer.write(code.isNull === "false" ? read : `if (!${code.isNull}) ${read}`);
  return { path, bytes: writer.variable(`${path}.bytes`), row: "0" };
}

function orNull(isNull: string, test: string): string {
  return isNull === "false" ? test : `(${isNull} || ${test})`;
}
