import type { BatchRange, Options } from "@ss/core";
import { invalidOption, optionMissing, optionsConflict, refusedOption } from "./errors.js";

/** The options of the format `statestore`, as a program gave them. */
export interface StateOptions {
  readonly operatorId: number;
  readonly storeName: string;
  readonly joinSide: "left" | "right" | "none";
  readonly stateVarName: string | undefined;
  readonly readRegisteredTimers: boolean;
  readonly flattenCollectionTypes: boolean;
  /** The batches whose changes are to be read, or the batch whose state is. */
  readonly batches:
    | { readonly kind: "changes"; readonly first: number; readonly last: number | undefined }
    | {
        readonly kind: "state";
        readonly batchId: number | undefined;
        readonly snapshot: { readonly batchId: number; readonly partitionId: number } | undefined;
      };
}

/** Reads and checks the options, in Spark's order. */
export function stateOptions(options: Options): StateOptions {
  const operatorId = natural(options, "operatorId") ?? 0;
  const storeName = options.get("storeName") ?? "default";
  if (storeName === "") throw refusedOption("storeName", "IS_EMPTY");
  const stateVarName = options.get("stateVarName");
  const readRegisteredTimers = truth(options, "readRegisteredTimers", false);
  if (readRegisteredTimers && stateVarName !== undefined) {
    throw optionsConflict("readRegisteredTimers", "stateVarName");
  }
  const flattenCollectionTypes = truth(options, "flattenCollectionTypes", true);
  const joinSide = sideOf(options);
  if (joinSide !== "none" && storeName !== "default") throw optionsConflict("joinSide", "storeName");
  const batches = truth(options, "readChangeFeed", false)
    ? changeFeed(options, joinSide)
    : stateOfBatch(options);
  return {
    operatorId,
    storeName,
    joinSide,
    stateVarName,
    readRegisteredTimers,
    flattenCollectionTypes,
    batches,
  };
}

/** The batches of a change feed; `latest` is what its end is without an option. */
export function feedRange(batches: { first: number; last: number | undefined }, latest: number): BatchRange {
  const { first, last = latest } = batches;
  if (last >= first) return { first, last };
  throw invalidOption(
    "changeEndBatchId",
    `changeEndBatchId cannot be smaller than changeStartBatchId. It is ${last}` +
      `${batches.last === undefined ? ", the last batch," : ""} and changeStartBatchId is ${first}.`,
  );
}

function changeFeed(options: Options, joinSide: StateOptions["joinSide"]): StateOptions["batches"] {
  if (joinSide !== "none") throw optionsConflict("joinSide", "readChangeFeed");
  for (const other of ["batchId", "snapshotStartBatchId", "snapshotPartitionId"]) {
    if (options.has(other)) throw optionsConflict(other, "readChangeFeed");
  }
  const first = natural(options, "changeStartBatchId");
  if (first === undefined) throw optionMissing("changeStartBatchId");
  return { kind: "changes", first, last: natural(options, "changeEndBatchId") };
}

function stateOfBatch(options: Options): StateOptions["batches"] {
  for (const name of ["changeStartBatchId", "changeEndBatchId"]) {
    if (options.has(name)) {
      throw invalidOption(name, "Only specify this option when readChangeFeed is set to true.");
    }
  }
  const batchId = natural(options, "batchId");
  const start = natural(options, "snapshotStartBatchId");
  const partitionId = natural(options, "snapshotPartitionId");
  if (start === undefined && partitionId === undefined)
    return { kind: "state", batchId, snapshot: undefined };
  if (start === undefined) throw optionMissing("snapshotStartBatchId");
  if (partitionId === undefined) throw optionMissing("snapshotPartitionId");
  return { kind: "state", batchId, snapshot: { batchId: start, partitionId } };
}

function sideOf(options: Options): StateOptions["joinSide"] {
  const side = (options.get("joinSide") ?? "none").toLowerCase();
  if (side === "left" || side === "right" || side === "none") return side;
  throw invalidOption("joinSide", "Valid values are left,right,none");
}

function natural(options: Options, name: string): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw invalidOption(name, `a whole number is expected, not '${text}'`);
  if (number < 0) throw refusedOption(name, "IS_NEGATIVE");
  return number;
}

function truth(options: Options, name: string, fallback: boolean): boolean {
  const value = options.get(name)?.toLowerCase();
  if (value === undefined) return fallback;
  if (value === "true" || value === "false") return value === "true";
  throw invalidOption(name, "Boolean value is expected");
}
