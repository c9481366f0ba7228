// What worker threads import: see WorkerForm of @ss/core.
import type { ColumnFunction } from "@ss/core";
import { type ProtobufPluginOptions, protobufFunctions } from "./plugin.js";

/** The function of a plug-in; one set of clients serves all calls of a worker that were set up alike. */
const made = new Map<string, readonly ColumnFunction[]>();

export function protobufFunction({
  index,
  protobuf,
}: {
  readonly index: number;
  readonly protobuf: ProtobufPluginOptions;
}): ColumnFunction {
  const key = JSON.stringify(protobuf);
  let functions = made.get(key);
  if (functions === undefined) {
    functions = protobufFunctions(protobuf, () => undefined);
    made.set(key, functions);
  }
  return functions[index]!;
}
