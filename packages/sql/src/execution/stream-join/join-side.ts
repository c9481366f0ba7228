import {
  BooleanColumn,
  BooleanType,
  type Column,
  type DataType,
  type FamilySpec,
  Int64Column,
  LongType,
  type StateFamily,
  type StateMatches,
  type StateView,
  type StateViewField,
  StructField,
  StructType,
  TimestampType,
  takeColumn,
} from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { Rows } from "../../logical/rows.js";
import { JOIN_OPERATOR } from "../../physical/operator-names.js";
import type { StreamJoinPlan } from "../../physical/plan.js";
import { eventTimes } from "../event-times.js";
import { countedFrom, wordsOf } from "../int64-words.js";

/** Rows of one batch that a side can number. */
const BATCH_SPAN = 2 ** 32;

/** What the sides of a join of streams are called, in the plan and in the state. */
export type SideName = "left" | "right";

/** Where a column of a side stands in its state. */
interface Place {
  readonly of: "key" | "value";
  readonly index: number;
}

/**
 * One side of a join of streams: how its rows are kept. The key of a row is its join key and a number of its own; the value are the columns
 * that are not in the key, whether the row has had a partner (where that matters), and the event time by which it is forgotten (where it is).
 */
export class JoinSide {
  readonly spec: FamilySpec;
  readonly columns: readonly Attribute[];
  /** Positions of the join keys among the columns. */
  readonly keys: readonly number[];
  private readonly nullSafe: readonly boolean[];
  private readonly places: readonly Place[];
  private readonly kept: readonly number[];
  private readonly matchedAt: number;
  /** The column with the event time that ends a row's time, and how far behind the watermark that is. */
  private readonly bound: { readonly column: number; readonly offsetMs: number } | undefined;

  constructor(plan: StreamJoinPlan, name: SideName, remembersMatches: boolean) {
    const columns = plan[name].output;
    const bound = plan.bounds[name];
    this.columns = columns;
    this.nullSafe = plan.keys.nullSafe;
    this.keys = plan.keys[name].map((key) => columns.findIndex((column) => column.id === key.id));
    this.bound = bound && {
      column: columns.findIndex((column) => column.id === bound.column.id),
      offsetMs: bound.offsetMs,
    };
    const kept: number[] = [];
    this.places = columns.map((column, k) => {
      const key = keepsBits(column.type) ? this.keys.indexOf(k) : -1;
      if (key >= 0) return { of: "key", index: key };
      kept.push(k);
      return { of: "value", index: kept.length - 1 };
    });
    this.kept = kept;
    this.matchedAt = remembersMatches ? kept.length : -1;
    const values = kept.map((k) => field(columns[k]!));
    if (remembersMatches) values.push(StructField("$matched", BooleanType, false));
    if (bound) values.push(StructField("$eventTime", TimestampType, true));
    this.spec = {
      operatorId: plan.operatorId,
      operatorName: JOIN_OPERATOR,
      name,
      keySchema: new StructType([
        ...this.keys.map((k) => field(columns[k]!)),
        StructField("$number", LongType, false),
      ]),
      valueSchema: new StructType(values),
      prefix: this.keys.length,
      views: this.views(name),
      ...(bound ? { orderedBy: this.keys.length + values.length } : {}),
    };
  }

  /** The stores that Spark has for a side, and the side as it is asked for by its name. */
  private views(name: SideName): readonly StateView[] {
    const keyCount = this.keys.length;
    const key = this.keys.map((k, index): StateViewField => {
      return { name: `field${index}`, type: this.columns[k]!.type, from: { kind: "column", column: index } };
    });
    const value = this.columns.map(({ name, type }, k): StateViewField => {
      const { of, index } = this.places[k]!;
      const column = of === "key" ? index : keyCount + 1 + index;
      return { name, type, from: { kind: "column", column } };
    });
    const matched: StateViewField =
      this.matchedAt < 0
        ? { name: "matched", type: BooleanType, from: { kind: "null" } }
        : {
            name: "matched",
            type: BooleanType,
            from: { kind: "column", column: keyCount + 1 + this.matchedAt },
          };
    const index: StateViewField = { name: "index", type: LongType, from: { kind: "index", by: keyCount } };
    const count: StateViewField = { name: "value", type: LongType, from: { kind: "count" } };
    const partitionColumns = keyCount;
    return [
      { store: `${name}-keyToNumValues`, key, value: [count], partitionColumns },
      {
        store: `${name}-keyWithIndexToValue`,
        key: [...key, index],
        value: [...value, matched],
        partitionColumns,
      },
      { store: name, side: name, key, value, partitionColumns },
    ];
  }

  /** The join keys of rows. */
  keysOf({ columns }: Rows): readonly Column[] {
    return this.keys.map((k) => columns[k]!);
  }

  /** The rows whose key can have partners: null has none but under `<=>`; undefined where all can. */
  usable(rows: Rows): Int32Array | undefined {
    const keys = this.keysOf(rows).filter(
      (key, k) => !this.nullSafe[k] && (key.validity !== null || key.layout === "null"),
    );
    if (keys.length === 0) return undefined;
    const usable = new Int32Array(rows.rowCount);
    let count = 0;
    for (let i = 0; i < rows.rowCount; i++) if (!keys.some((key) => key.isNull(i))) usable[count++] = i;
    return usable.subarray(0, count);
  }

  /** The highest event time, in microseconds, of rows that can have no partner any more. */
  boundAt(watermarkMs: number): bigint | undefined {
    return this.bound && BigInt(watermarkMs + this.bound.offsetMs) * 1000n;
  }

  /** The rows whose time has not ended; undefined where that holds for all. */
  lasting({ columns, rowCount }: Rows, watermarkMs: number): Int32Array | undefined {
    const bound = this.boundAt(watermarkMs);
    if (bound === undefined) return undefined;
    const column = columns[this.bound!.column]!;
    const times = eventTimes(column, rowCount);
    const kept = new Int32Array(rowCount);
    let count = 0;
    const { words } = times;
    const { low, high } = wordsOf(bound);
    for (let i = 0; i < rowCount; i++) {
      const own = words[2 * i + 1]!;
      const isAbove = own > high || (own === high && words[2 * i]! >>> 0 > low);
      if (isAbove || column.isNull(i)) kept[count++] = i;
    }
    return count === rowCount ? undefined : kept.subarray(0, count);
  }

  /** Keeps rows; `number` is that of the first, `matched` says which have had a partner. */
  keep(family: StateFamily, rows: Rows, number: number, batchId: number, matched: Uint8Array): void {
    const { rowCount, columns } = rows;
    const numbers = countedFrom(BigInt(batchId) * BigInt(BATCH_SPAN) + BigInt(number), rowCount);
    const keys = [...this.keysOf(rows), new Int64Column(LongType, rowCount, null, numbers)];
    const values: Column[] = this.kept.map((k) => columns[k]!);
    if (this.matchedAt >= 0) values.push(new BooleanColumn(BooleanType, rowCount, null, matched));
    if (this.bound !== undefined) {
      const column = columns[this.bound.column]!;
      const times = eventTimes(column, rowCount);
      values.push(new Int64Column(TimestampType, rowCount, column.validity, times.values));
    }
    family.put(keys, values, rowCount);
  }

  /** Rows of the state as rows of the side. */
  rowsAt(
    state: Pick<StateMatches, "keys" | "values">,
    positions: Int32Array,
    count: number,
  ): readonly Column[] {
    return this.places.map(({ of, index }) => {
      return takeColumn((of === "key" ? state.keys : state.values)[index]!, positions, count);
    });
  }

  /** Whether a row of the state has had a partner. */
  isMatched({ values }: Pick<StateMatches, "values">, position: number): boolean {
    return (values[this.matchedAt] as BooleanColumn).values[position] === 1;
  }

  /** Notes that rows of the state have had a partner. */
  markMatched(family: StateFamily, state: StateMatches, positions: Int32Array, count: number): void {
    const keys = state.keys.map((column) => takeColumn(column, positions, count));
    const values = state.values.map((column, k) =>
      k === this.matchedAt
        ? new BooleanColumn(BooleanType, count, null, new Uint8Array(count).fill(1))
        : takeColumn(column, positions, count),
    );
    family.put(keys, values, count);
  }
}

function field({ name, type, nullable }: Attribute): StructField {
  return StructField(name, type, nullable);
}

/** Whether a key is given out as it was put: -0.0 becomes 0.0 in a key. */
function keepsBits(type: DataType): boolean {
  switch (type.kind) {
    case "float":
    case "double":
    case "array":
    case "map":
    case "struct":
      return false;
    default:
      return true;
  }
}
