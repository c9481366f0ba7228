// What worker threads import: see WorkerForm of @ss/core.
import type { ColumnFunction } from "@ss/core";
import { type AvroOptions, avroFunctions } from "./plugin.js";

/** The function of a plug-in; one set of clients serves all calls of a worker that were set up alike. */
const made = new Map<string, readonly ColumnFunction[]>();

export function avroFunction({
  index,
  avro,
}: {
  readonly index: number;
  readonly avro: AvroOptions;
}): ColumnFunction {
  const key = JSON.stringify(avro);
  let functions = made.get(key);
  if (functions === undefined) {
    functions = avroFunctions(avro, () => undefined);
    made.set(key, functions);
  }
  return functions[index]!;
}
