import {
  type OperatorMetadata,
  type ReadRequest,
  type SourceProvider,
  StateReader,
  type Table,
} from "@ss/core";
import {
  batchUnavailable,
  invalidOption,
  noSuchStore,
  offsetsUnavailable,
  operatorsUnreadable,
  optionMissing,
} from "./errors.js";
import { StateMetadataTable } from "./metadata-table.js";
import { feedRange, type StateOptions, stateOptions } from "./state-options.js";
import { type FoundStore, type StateExtent, StateTable } from "./state-table.js";
import { needsAllRows } from "./view-rows.js";

const PARTITIONS_KEY = "spark.sql.shuffle.partitions";
/** Operators whose state has variables and timers with names of their own. */
const WITH_VARIABLES = /^transformWithState/;

/** `read.format("statestore")`: what the stateful operators of a checkpoint remember, or what they changed. */
export const stateStoreSource: SourceProvider = {
  names: ["statestore"],
  fixedSchema: true,
  table: openState,
};

/** `read.format("state-metadata")`: which stores a checkpoint has. */
export const stateMetadataSource: SourceProvider = {
  names: ["state-metadata"],
  fixedSchema: true,
  table: async (request) => {
    const { reader, checkpoint } = readerOf(request);
    return new StateMetadataTable(reader, checkpoint, request.options.boolean("_numColsPrefixKey", false));
  },
};

async function openState(request: ReadRequest): Promise<Table> {
  const { reader, checkpoint } = readerOf(request);
  const options = stateOptions(request.options);
  const committed = await reader.committed();
  if (committed === null) throw batchUnavailable(checkpoint);
  const extent = extentOf(options, committed.last);
  const batches = extent.kind === "state" ? [extent.batchId] : [extent.first, extent.last];
  for (const batchId of batches) {
    if (batchId < committed.first || batchId > committed.last) {
      throw batchUnavailable(checkpoint, { batchId, ...committed });
    }
  }
  const last = batches.at(-1)!;
  const operators = await reader.operators().catch((error: unknown) => {
    throw operatorsUnreadable(checkpoint, last, error);
  });
  const store = findStore(operators, options, checkpoint, last);
  const conf = await reader.conf(last);
  if (conf === null) throw offsetsUnavailable(last, checkpoint);
  const numPartitions = Number(conf[PARTITIONS_KEY] ?? store.operator.numPartitions);
  if (extent.kind === "changes" && needsAllRows(store.view)) {
    throw invalidOption(
      "readChangeFeed",
      `The store ${store.view.store} is made from the state as a whole when it is read, and has no changes of its own. ` +
        `Read the state of two batches instead.`,
    );
  }
  return new StateTable(reader, checkpoint, store, extent, numPartitions, options.flattenCollectionTypes);
}

function readerOf({ paths, options, session }: ReadRequest): {
  readonly reader: StateReader;
  readonly checkpoint: string;
} {
  const path = paths[0] ?? options.get("path");
  if (path === undefined || path === "") throw optionMissing("path");
  const checkpoint = path.replace(/(?<=[^/])\/+$/, "");
  return { reader: new StateReader(session.fileSystem(checkpoint), checkpoint), checkpoint };
}

function extentOf({ batches }: StateOptions, latest: number): StateExtent {
  if (batches.kind === "changes") return { kind: "changes", ...feedRange(batches, latest) };
  const { batchId = latest, snapshot } = batches;
  if (snapshot !== undefined && snapshot.batchId > batchId) {
    throw invalidOption("snapshotStartBatchId", `value should be less than or equal to ${batchId}`);
  }
  return { kind: "state", batchId, snapshot };
}

function findStore(
  operators: readonly OperatorMetadata[],
  options: StateOptions,
  checkpoint: string,
  batchId: number,
): FoundStore {
  const { joinSide } = options;
  const operator = operators.find((one) => one.operatorId === options.operatorId);
  if (operator !== undefined && WITH_VARIABLES.test(operator.operatorName) && joinSide === "none") {
    return findVariable(operator, options);
  }
  if (operator !== undefined) checkVariables(operator, options);
  const found = operator?.views.find(({ view }) =>
    joinSide === "none"
      ? view.side === undefined && view.store === options.storeName
      : view.side === joinSide,
  );
  if (operator !== undefined && found !== undefined) return { operator, ...found };
  const known = operators.flatMap(({ operatorId, operatorName, stores }) =>
    stores.map(({ storeName }) => `${storeName} of operator ${operatorId} (${operatorName})`),
  );
  const hasSides = operator?.views.some(({ view }) => view.side !== undefined) ?? false;
  throw noSuchStore(optionsText(checkpoint, options, batchId), known, hasSides && joinSide === "none");
}

/** A variable of a program by its name, which may be given as that of a store, or its timers. */
function findVariable(operator: OperatorMetadata, options: StateOptions): FoundStore {
  const { readRegisteredTimers, storeName } = options;
  const name = options.stateVarName ?? (storeName === "default" ? undefined : storeName);
  if (name === undefined && !readRegisteredTimers) throw optionMissing("stateVarName");
  const found = operator.views.find(({ view }) =>
    readRegisteredTimers ? view.variable === "timers" : view.variable !== "timers" && view.store === name,
  );
  if (found !== undefined) return { operator, ...found };
  throw invalidOption(
    "stateVarName",
    `State variable ${name} is not defined for the transformWithState operator.`,
  );
}

function checkVariables({ operatorName }: OperatorMetadata, options: StateOptions): void {
  const refuse = (name: string, what: string): Error =>
    invalidOption(
      name,
      `${what} is only supported with the transformWithState operator. Found operator=${operatorName}. ` +
        `Please remove this option and re-run the query.`,
    );
  if (options.readRegisteredTimers)
    throw refuse("readRegisteredTimers", "Providing readRegisteredTimers=true");
  if (options.stateVarName !== undefined) throw refuse("stateVarName", "Providing state variable names");
}

function optionsText(checkpoint: string, options: StateOptions, batchId: number): string {
  const { operatorId, storeName, joinSide, stateVarName = "None", flattenCollectionTypes } = options;
  return (
    `StateSourceOptions(checkpointLocation=${checkpoint}, batchId=${batchId}, operatorId=${operatorId}, ` +
    `storeName=${storeName}, joinSide=${joinSide}, stateVarName=${stateVarName}, ` +
    `flattenCollectionTypes=${flattenCollectionTypes})`
  );
}
