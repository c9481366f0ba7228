import { corruptFile } from "../checkpoint/checkpoint-errors.js";
import { decodeEntry, encodeEntry } from "../checkpoint/log-entry.js";
import type { FileSystem } from "../file-system/file-system.js";
import { typeFromJson, typeToJson } from "../schema/json-form.js";
import type { FamilySpec } from "./state-store.js";
import type { StateView, StateViewField, StateViewSource } from "./state-view.js";

/** A stateful operator, as the file `state/<operator>/_metadata/metadata` of a checkpoint describes it. */
export interface OperatorMetadata {
  readonly operatorId: number;
  readonly operatorName: string;
  /** Logical partitions of the state. */
  readonly numPartitions: number;
  /** The stores that Spark would have. */
  readonly stores: readonly { readonly storeName: string; readonly numColsPrefixKey: number }[];
  /** Properties of the operator as JSON text; null where it has none. */
  readonly properties: string | null;
  /** Every view, with the family whose rows it shows. */
  readonly views: readonly { readonly family: string; readonly view: StateView }[];
}

/**
 * Writes what readers of a checkpoint have to know of its stateful operators, where that is not written yet: an entry in Spark's format and place,
 * with a field of our own for the views. To be called before the first batch is committed.
 */
export async function writeOperatorMetadata(
  fileSystem: FileSystem,
  stateFolder: string,
  families: readonly FamilySpec[],
  numPartitions: number,
): Promise<void> {
  for (const operatorId of new Set(families.map((family) => family.operatorId))) {
    const own = families.filter((family) => family.operatorId === operatorId);
    const path = pathOf(stateFolder, operatorId);
    const bytes = Buffer.from(encode(describe(own, numPartitions)));
    const found = await fileSystem.readAll(path);
    if (found === null || !bytes.equals(found)) await replace(fileSystem, path, bytes);
  }
}

/** Says of each operator of a checkpoint that its state has another number of partitions. */
export async function repartitionOperatorMetadata(
  fileSystem: FileSystem,
  stateFolder: string,
  operators: readonly OperatorMetadata[],
  numPartitions: number,
): Promise<void> {
  for (const operator of operators) {
    const bytes = Buffer.from(encode({ ...operator, numPartitions }));
    await replace(fileSystem, pathOf(stateFolder, operator.operatorId), bytes);
  }
}

async function replace(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const writer = await fileSystem.create(path);
  try {
    await writer.write(bytes);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.close();
}

/** The stateful operators of a checkpoint, by their ids. Damage is named (SS_CHECKPOINT_FILE_CORRUPT). */
export async function readOperatorMetadata(
  fileSystem: FileSystem,
  stateFolder: string,
): Promise<OperatorMetadata[]> {
  const operators: OperatorMetadata[] = [];
  for await (const { path, isFolder } of fileSystem.list(stateFolder)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!isFolder || !/^\d+$/.test(name)) continue;
    const file = pathOf(stateFolder, Number(name));
    const bytes = await fileSystem.readAll(file);
    if (bytes !== null) operators.push(decode(bytes, file));
  }
  return operators.sort((a, b) => a.operatorId - b.operatorId);
}

function pathOf(stateFolder: string, operatorId: number): string {
  return `${stateFolder}/${operatorId}/_metadata/metadata`;
}

function describe(families: readonly FamilySpec[], numPartitions: number): OperatorMetadata {
  const { operatorId, operatorName = "" } = families[0]!;
  const views = families.flatMap((family) =>
    (family.views ?? [plainView(family)]).map((view) => ({ family: family.name, view })),
  );
  const stores = views.flatMap(({ view }) =>
    view.side === undefined && view.variable === undefined
      ? [{ storeName: view.store, numColsPrefixKey: view.prefixColumns ?? 0 }]
      : [],
  );
  // to Spark all variables of a program are in one store
  if (views.some(({ view }) => view.variable !== undefined)) {
    stores.push({ storeName: "default", numColsPrefixKey: 0 });
  }
  return { operatorId, operatorName, numPartitions, stores, properties: propertiesOf(families), views };
}

/** The settings and variables of a program as JSON text; null for operators that have none. */
function propertiesOf(families: readonly FamilySpec[]): string | null {
  const settings = Object.assign({}, ...families.map((family) => family.settings ?? {})) as object;
  const variables = families.flatMap(({ name, variable, orderedBy }) =>
    variable === undefined
      ? []
      : [{ stateName: name, stateVariableType: variable, ttlEnabled: orderedBy !== undefined }],
  );
  // a program without a time mode has a table of timers all the same, and no timers
  const timers = families.flatMap(({ views = [], settings }) =>
    settings?.["timeMode"] === "None" ? [] : views.filter((view) => view.variable === "timers"),
  );
  for (const { store } of timers) {
    variables.push({ stateName: store, stateVariableType: "TimerState", ttlEnabled: false });
  }
  if (Object.keys(settings).length === 0 && variables.length === 0) return null;
  return JSON.stringify({ ...settings, stateVariables: variables });
}

/** A family under its own name and columns. */
function plainView({ name, keySchema, valueSchema, prefix }: FamilySpec): StateView {
  const field = (of: (typeof keySchema.fields)[number], column: number): StateViewField => ({
    name: of.name,
    type: of.type,
    from: { kind: "column", column },
  });
  return {
    store: name,
    ...(prefix === undefined ? {} : { prefixColumns: prefix, partitionColumns: prefix }),
    key: keySchema.fields.map(field),
    value: valueSchema.fields.map((one, k) => field(one, keySchema.length + k)),
  };
}

function encode(operator: OperatorMetadata): string {
  const { operatorId, operatorName, numPartitions, properties } = operator;
  const fields = {
    operatorInfo: { operatorId, operatorName },
    stateStoreInfo: operator.stores.map((store) => ({ ...store, numPartitions })),
    ...(properties === null ? {} : { operatorPropertiesJson: properties }),
    writer: "ss",
    numPartitions,
    views: operator.views.map(({ family, view }) => ({ family, view: viewToJson(view) })),
  };
  return encodeEntry({ fields, lines: [] });
}

function decode(bytes: Uint8Array, path: string): OperatorMetadata {
  const { fields } = decodeEntry(bytes, path);
  try {
    const info = fields["operatorInfo"] as { operatorId: number; operatorName: string };
    const stores = fields["stateStoreInfo"] as (OperatorMetadata["stores"][number] & {
      numPartitions: number;
    })[];
    // Spark's own entries have no views, and their state is not ours to read
    const views = (fields["views"] ?? []) as { family: string; view: unknown }[];
    return {
      operatorId: info.operatorId,
      operatorName: info.operatorName,
      numPartitions: (fields["numPartitions"] as number | undefined) ?? stores[0]?.numPartitions ?? 0,
      stores: stores.map(({ storeName, numColsPrefixKey }) => ({ storeName, numColsPrefixKey })),
      properties: (fields["operatorPropertiesJson"] as string | undefined) ?? null,
      views: views.map(({ family, view }) => ({ family, view: viewFromJson(view as StateView) })),
    };
  } catch (cause) {
    throw corruptFile(path, "it does not describe a stateful operator", cause);
  }
}

function viewToJson(view: StateView): unknown {
  const fields = (of: readonly StateViewField[]): unknown =>
    of.map(({ name, type, from }) => ({
      name,
      type: typeToJson(type),
      from: from.kind === "struct" ? { kind: "struct", fields: fields(from.fields) } : from,
    }));
  const { columns } = view;
  return {
    ...view,
    key: fields(view.key),
    value: fields(view.value),
    ...(columns === undefined ? {} : { columns: fields(columns) }),
  };
}

function viewFromJson(json: StateView): StateView {
  const source = (from: StateViewSource): StateViewSource =>
    from.kind === "struct" ? { kind: "struct", fields: fields(from.fields) } : from;
  const fields = (of: readonly StateViewField[]): StateViewField[] =>
    of.map(({ name, type, from }) => ({ name, type: typeFromJson(type), from: source(from) }));
  const { columns } = json;
  return {
    ...json,
    key: fields(json.key),
    value: fields(json.value),
    ...(columns === undefined ? {} : { columns: fields(columns) }),
  };
}
