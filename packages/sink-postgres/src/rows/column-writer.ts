import type { DataType } from "@ss/core";
import { type TimeZone, UTC } from "@ss/kernels";
import { ArrayWriter } from "./array-writer.js";
import { JsonWriter } from "./json-writer.js";
import { scalarWriter } from "./scalar-writer.js";
import type { ValueWriter } from "./value-writer.js";

/** What a column of a table says of the form in which it takes values. */
export interface ColumnForm {
  /** Whether it keeps arrays; JSON is what others take for one. */
  readonly isArray: boolean;
  /** Whether it keeps instants; others take the clock of the session's time zone. */
  readonly keepsInstants: boolean;
}

/** The writer of a column's values for a table's column. */
export function columnWriter(type: DataType, form: ColumnForm, zone: TimeZone): ValueWriter {
  switch (type.kind) {
    case "array":
      return form.isArray
        ? new ArrayWriter(columnWriter(type.elementType, form, zone))
        : new JsonWriter(type);
    case "struct":
    case "map":
    case "variant":
      return new JsonWriter(type);
    default:
      return form.keepsInstants ? scalarWriter(type, UTC, "+00") : scalarWriter(type, zone, "");
  }
}
