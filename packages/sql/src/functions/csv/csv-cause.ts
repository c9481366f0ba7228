import { layoutOf, type StructField } from "@ss/core";
import { describeRecordStatus, RECORD_OK, SpanCopies } from "@ss/kernels";
import type { FieldValues } from "../text-record/field-values.js";
import { type CauseOf, notOfType, ofField, shownText } from "../text-record/record-cause.js";
import type { ValueText } from "../text-record/value-parsers.js";
import { csvValues } from "./csv-columns.js";
import type { CsvRecord } from "./csv-record.js";

/**
 * Finds out why a text is no record of the fields: it is read once more, alone. What this needs is made when the first cause is asked for,
 * since most queries ask for none.
 */
export function csvCause(
  fields: readonly StructField[],
  newRecord: () => CsvRecord,
  text: ValueText,
): CauseOf {
  let record: CsvRecord | undefined;
  let values: readonly (FieldValues | undefined)[] = [];
  const bad = new Uint8Array(1);
  return (data, start, length) => {
    if (record === undefined) {
      const made = newRecord();
      record = made;
      // a text is what it is
      values = fields.map(({ type }) =>
        layoutOf(type) === "bytes" ? undefined : csvValues(type, text, made, noRoom),
      );
      for (const one of values) one?.start(1);
    }
    const isRecord = record.read(data, start, length);
    if (record.status !== RECORD_OK) return describeRecordStatus(record.status);
    if (!isRecord)
      return `it has ${counted(record.valueCount, "value")} for ${counted(fields.length, "field")}`;
    for (const [k, { name, type }] of fields.entries()) {
      const column = record.fields[k]!;
      bad[0] = 0;
      values[k]?.read(data, column, 0, 1, bad);
      if (bad[0] === 0) continue;
      const value = shownText(data, column.starts[0]!, column.lengths[0]!);
      return ofField(name, notOfType(`"${value}"`, type));
    }
    return undefined;
  };
}

/** Only texts that are written anew need room. */
function noRoom(): SpanCopies {
  return new SpanCopies(null);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
