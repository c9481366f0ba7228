import type { StructType } from "@ss/core";

/** Where a record stood, as the Kafka source tells it: what makes a row one of Kafka's records, and the rest. */
const PLACE = ["topic", "partition", "offset"] as const;
const TIME = ["timestamp", "timestampType"] as const;

/**
 * The select list that makes a record of the report of one that could not be decoded. A record of Kafka keeps its key, value and headers, and gets
 * headers that tell where it stood and what was wrong with it; of any other input the value is the report as JSON.
 */
export function malformedRecordColumns(report: StructType): readonly string[] {
  const has = (name: string): boolean => report.fields.some((field) => field.name === name);
  if (!["key", "value", ...PLACE].every(has)) {
    return ["to_json(struct(*)) AS value", `array(${TOLD.join(", ")}) AS headers`];
  }
  const place = [...PLACE, ...TIME].filter(has).map((name) => header(name, name));
  const added = `array(${[...place, ...TOLD].join(", ")})`;
  const headers = has("headers") ? `concat(coalesce(headers, array()), ${added})` : added;
  return ["key", "value", `${headers} AS headers`];
}

const TOLD = [header("function", "_function"), header("reason", "_reason")];

function header(name: string, column: string): string {
  return `named_struct('key', 'malformed.${name}', 'value', CAST(CAST(${column} AS STRING) AS BINARY))`;
}
