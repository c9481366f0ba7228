import {
  assert,
  type Column,
  columnBuilder,
  type DataType,
  type FamilySpec,
  type Int64Column,
  type Kept,
  LongType,
  type StateFamily,
  type StateView,
  type StateViewField,
  StructField,
  StructType,
  TimestampType,
  type Value,
  type VariableSpec,
} from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { ExternalOptions } from "../../expression/external-value.js";
import { toInternal } from "../../expression/internal-value.js";
import { valueReader } from "../../expression/object-reader.js";
import { PROCESSOR_OPERATOR } from "../../physical/operator-names.js";
import type { KeyCursor } from "./key-cursor.js";

/** What the tables of one processor share. */
export interface FamilyContext {
  readonly operatorId: number;
  readonly keys: readonly Attribute[];
  readonly cursor: KeyCursor;
  readonly options: ExternalOptions;
  /** Counts of the batch at hand. */
  readonly changes: { updated: number; removed: number };
}

/** A table of a processor, as it is kept: a row of the state has the key, perhaps more, and perhaps a value and its end. */
export abstract class VariableFamily {
  readonly spec: FamilySpec;
  protected readonly context: FamilyContext;
  private bound: StateFamily | undefined;

  constructor(spec: FamilySpec, context: FamilyContext) {
    this.spec = spec;
    this.context = context;
  }

  /** Takes the table of a run, for the batch of this number. */
  bind(family: StateFamily, _batchId: number): void {
    this.bound = family;
  }

  /** The table; what was done to keys of the piece is in it after `flush`. */
  get family(): StateFamily {
    assert(this.bound !== undefined, `the state variable ${this.spec.name} has no table`);
    return this.bound;
  }

  /** Rows of the table beyond those that Spark would count: none, but where a variable has several rows and counts as one. */
  get uncountedRows(): number {
    return 0;
  }

  /** Puts what was noted for keys of the piece into the table; before the keys change and before the table is read. */
  abstract flush(): void;
}

/** The specification of a variable's table, of rows that have `more` in their keys beside the processor's key. */
export function variableSpec(
  variable: VariableSpec,
  more: readonly StructField[],
  { operatorId, keys }: FamilyContext,
): FamilySpec {
  const timed = variable.ttlMs !== undefined;
  const values = [StructField("value", variable.type)];
  if (timed) values.push(StructField("expiresAt", TimestampType));
  return {
    operatorId,
    operatorName: PROCESSOR_OPERATOR,
    name: variable.name,
    keySchema: keySchemaOf(keys, more),
    valueSchema: new StructType(values),
    growing: true,
    variable: variable.kind,
    ...(more.length > 0 ? { prefix: keys.length } : {}),
    ...(timed ? { orderedBy: keys.length + more.length + 1 } : {}),
    views: [variableView(variable, keys, more.length)],
  };
}

const SHOWN_AS = { ValueState: "value", ListState: "list", MapState: "map" } as const;

/** How readers see a variable: values as structs, with their end where they have one. */
function variableView(variable: VariableSpec, keys: readonly Attribute[], more: number): StateView {
  const at = keys.length + more;
  const { name, kind, type, keyType } = variable;
  const value = structView("value", type, at);
  const ended: StateViewField = {
    name: "value",
    type: new StructType([StructField("value", value.type), StructField("ttlExpirationMs", LongType)]),
    from: {
      kind: "struct",
      fields: [
        value,
        { name: "ttlExpirationMs", type: LongType, from: { kind: "column", column: at + 1, inMillis: true } },
      ],
    },
  };
  const shown = variable.ttlMs === undefined ? value : ended;
  const columns =
    kind === "MapState"
      ? [structView("user_map_key", keyType!, keys.length), { ...shown, name: "user_map_value" }]
      : [{ ...shown, name: kind === "ListState" ? "list_element" : "value" }];
  return {
    store: name,
    variable: SHOWN_AS[kind],
    key: keyView(keys),
    value: [],
    columns,
    partitionColumns: keys.length,
  };
}

/** The processor's key. */
export function keyView(keys: readonly Attribute[]): readonly StateViewField[] {
  return keys.map(({ name, type }, column) => ({ name, type, from: { kind: "column", column } }));
}

/** A column as a struct, which it may be already. */
function structView(name: string, type: DataType, column: number): StateViewField {
  const from = { kind: "column", column } as const;
  if (type.kind === "struct") return { name, type, from };
  return {
    name,
    type: new StructType([StructField("value", type)]),
    from: { kind: "struct", fields: [{ name: "value", type, from }] },
  };
}

/** The key of a table: the processor's, and more. */
export function keySchemaOf(keys: readonly Attribute[], more: readonly StructField[]): StructType {
  return new StructType([
    ...keys.map(({ name, type, nullable }) => StructField(name, type, nullable)),
    ...more,
  ]);
}

/** Values to be put: noted one by one, made columns together. */
export class NotedValues {
  private readonly type: DataType;
  private readonly name: string;
  private readonly timed: boolean;
  private readonly values: ReturnType<typeof columnBuilder>;
  private readonly ends: ReturnType<typeof columnBuilder> = columnBuilder(TimestampType);

  constructor({ type, name, ttlMs }: VariableSpec) {
    this.type = type;
    this.name = name;
    this.timed = ttlMs !== undefined;
    this.values = columnBuilder(type);
  }

  /** A value of the program's in the engine's form, so that what the program does with it later is not seen. */
  internal(value: unknown): Value {
    return toInternal(value, this.type, `the state variable ${this.name}`);
  }

  add(value: Value, expiresAtMs: number | null): void {
    this.values.append(value);
    if (this.timed) this.ends.append(expiresAtMs === null ? null : BigInt(expiresAtMs) * 1000n);
  }

  /** The value columns of what was added. */
  take(): readonly Column[] {
    return this.timed ? [this.values.finish(), this.ends.finish()] : [this.values.finish()];
  }
}

/** Reads the value columns of a table. */
export function keptReader(
  values: readonly Column[],
  { name, ttlMs }: VariableSpec,
  options: ExternalOptions,
): (position: number) => Kept {
  const read = valueReader(values[0]!, options, name);
  if (ttlMs === undefined) return (position) => ({ value: read(position), expiresAtMs: null });
  const ends = values[1] as Int64Column;
  return (position) => ({
    value: read(position),
    expiresAtMs: ends.isNull(position) ? null : Number(ends.values[position]! / 1000n),
  });
}
