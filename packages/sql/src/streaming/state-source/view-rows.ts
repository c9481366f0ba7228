import {
  ArrayType,
  type Column,
  columnBuilder,
  type DataType,
  Int32Column,
  Int64Column,
  IntegerType,
  KeyTable,
  ListColumn,
  LongType,
  MapColumn,
  MapType,
  NullColumn,
  partitionsOf,
  type StateRows,
  type StateView,
  type StateViewField,
  StructColumn,
  StructField,
  StructType,
  takeColumn,
} from "@ss/core";

/** Rows of a state family as a view shows them. */
export interface ViewRows {
  readonly key: Column;
  /** Those behind the key. */
  readonly columns: readonly Column[];
  readonly partitionId: Column;
  readonly rowCount: number;
}

/** The type of the keys or values of a view: all may be null, as in Spark. */
export function viewType(fields: readonly StateViewField[]): StructType {
  return new StructType(fields.map(({ name, type }) => StructField(name, nullable(type))));
}

function nullable(type: DataType): DataType {
  switch (type.kind) {
    case "struct":
      return new StructType(
        type.fields.map((field) => StructField(field.name, nullable(field.type), true, field.metadata)),
      );
    case "array":
      return { ...type, elementType: nullable(type.elementType), containsNull: true };
    case "map":
      return {
        ...type,
        keyType: nullable(type.keyType),
        valueType: nullable(type.valueType),
        valueContainsNull: true,
      };
    default:
      return type;
  }
}

/** The columns behind the key of a view. */
export function columnsOf(view: StateView): readonly StateViewField[] {
  if (view.columns !== undefined) return view.columns;
  return [{ name: "value", type: viewType(view.value), from: { kind: "struct", fields: view.value } }];
}

/** Whether a row of a view depends on others of the family, so that changes alone do not tell it. */
export function needsAllRows(view: StateView): boolean {
  return [...view.key, ...view.value].some(({ from }) => from.kind === "index" || from.kind === "count");
}

/** Shows rows of a family. `removed`: there are only keys, and values are null. */
export function viewRows(
  view: StateView,
  { keys, values, rowCount }: StateRows,
  numPartitions: number,
  removed = false,
): ViewRows {
  const all = [...keys, ...values];
  const made = (field: StateViewField): Column => fieldColumn(field, nullable(field.type), all, rowCount);
  const key: StateViewField = {
    name: "key",
    type: viewType(view.key),
    from: { kind: "struct", fields: view.key },
  };
  const divided = keys.slice(0, view.partitionColumns);
  const partitions = partitionsOf(divided, rowCount, numPartitions);
  return {
    key: made(key),
    columns: columnsOf(view).map((field) =>
      removed && !isInKeys(field, keys.length) ? nulls(nullable(field.type), rowCount) : made(field),
    ),
    partitionId: new Int32Column(IntegerType, rowCount, null, partitions),
    rowCount,
  };
}

/**
 * All rows of a family as columns that a view with numbers or counts can be made of: behind the family's own come the number of each row among those
 * with its key, and how many these are. For a count, one row of each key is left.
 */
export function numberedRows(view: StateView, pieces: readonly StateRows[]): StateRows {
  const all = together(pieces);
  const { rowCount } = all;
  const keys = keyColumns(view, all.keys);
  const slots = new Int32Array(rowCount);
  const table = new KeyTable(keys.map((key) => key.type));
  table.findOrAdd(keys, rowCount, slots);
  const counts = new BigInt64Array(table.slotCount);
  const numbers = new BigInt64Array(rowCount);
  const firsts: number[] = [];
  for (const i of orderOf(view, all)) {
    const slot = slots[i]!;
    if (counts[slot] === 0n) firsts.push(i);
    numbers[i] = counts[slot]!++;
  }
  const perRow = BigInt64Array.from(slots, (slot) => counts[slot]!);
  const long = (of: BigInt64Array): Column => new Int64Column(LongType, rowCount, null, of);
  const values = [...all.values, long(numbers), long(perRow)];
  if (!view.value.some(({ from }) => from.kind === "count")) return { ...all, values };
  const rows = Int32Array.from(firsts);
  const taken = (column: Column): Column => takeColumn(column, rows, rows.length);
  return { keys: all.keys.map(taken), values: values.map(taken), rowCount: rows.length };
}

/** Row numbers in the order by which rows of one key are counted. */
function orderOf(view: StateView, { keys, values, rowCount }: StateRows): readonly number[] {
  const rows = Array.from({ length: rowCount }, (_, i) => i);
  const by = view.key.map(({ from }) => from).find((from) => from.kind === "index")?.by;
  if (by === undefined) return rows;
  const order = ([...keys, ...values][by] as Int64Column).values;
  return rows.sort((a, b) => (order[a]! < order[b]! ? -1 : 1));
}

/** Whether a field is made of key columns alone, which a removed row still has. */
function isInKeys({ from }: StateViewField, keyCount: number): boolean {
  if (from.kind === "struct")
    return from.fields.length > 0 && from.fields.every((one) => isInKeys(one, keyCount));
  return from.kind === "column" && from.column < keyCount;
}

/** Elements of a list, or entries of a map, of each key together: one row for each key, in the order in which the keys come first. */
export function collectedRows(view: StateView, pieces: readonly ViewRows[]): ViewRows {
  const rowCount = rowsOf(pieces);
  const all = {
    key: joined(pieces, ({ key }) => key),
    columns: pieces[0]!.columns.map((_, k) => joined(pieces, ({ columns }) => columns[k]!)),
    partitionId: joined(pieces, ({ partitionId }) => partitionId),
  };
  const slots = new Int32Array(rowCount);
  const table = new KeyTable([all.key.type]);
  table.findOrAdd([all.key], rowCount, slots);
  const count = table.slotCount;
  const lengths = new Int32Array(count);
  for (let i = 0; i < rowCount; i++) lengths[slots[i]!]!++;
  const starts = new Int32Array(count);
  for (let k = 1; k < count; k++) starts[k] = starts[k - 1]! + lengths[k - 1]!;
  const next = starts.slice();
  const order = new Int32Array(rowCount);
  for (let i = 0; i < rowCount; i++) order[next[slots[i]!]!++] = i;
  const firsts = Int32Array.from(starts, (start) => order[start]!);
  const [first, second] = all.columns.map((column) => takeColumn(column, order, rowCount));
  const { type } = collectedField(view);
  const collected =
    second === undefined
      ? new ListColumn(type, count, null, starts, lengths, first!)
      : new MapColumn(type, count, null, starts, lengths, first!, second);
  return {
    key: takeColumn(all.key, firsts, count),
    columns: [collected],
    partitionId: takeColumn(all.partitionId, firsts, count),
    rowCount: count,
  };
}

/** The column with all elements of a list, or all entries of a map. */
export function collectedField(view: StateView): StructField {
  const [first, second] = viewType(columnsOf(view)).fields;
  return second === undefined
    ? StructField("list_value", ArrayType(first!.type))
    : StructField("map_value", MapType(first!.type, second.type));
}

function together(pieces: readonly StateRows[]): StateRows {
  const first = pieces[0];
  return {
    keys: first?.keys.map((_, k) => joined(pieces, ({ keys }) => keys[k]!)) ?? [],
    values: first?.values.map((_, k) => joined(pieces, ({ values }) => values[k]!)) ?? [],
    rowCount: rowsOf(pieces),
  };
}

/** A column of all pieces as one. */
function joined<Piece extends { readonly rowCount: number }>(
  pieces: readonly Piece[],
  of: (piece: Piece) => Column,
): Column {
  const builder = columnBuilder(of(pieces[0]!).type);
  for (const piece of pieces) builder.appendRange(of(piece), 0, piece.rowCount);
  return builder.finish();
}

function rowsOf(pieces: readonly { readonly rowCount: number }[]): number {
  return pieces.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** The family's key columns that a view shows, each once. */
function keyColumns(view: StateView, keys: readonly Column[]): readonly Column[] {
  const shown = new Set<number>();
  const visit = ({ from }: StateViewField): void => {
    if (from.kind === "column") shown.add(from.column);
    if (from.kind === "struct") from.fields.forEach(visit);
  };
  view.key.forEach(visit);
  return [...shown].filter((k) => k < keys.length).map((k) => keys[k]!);
}

function fieldColumn(
  { from }: StateViewField,
  type: DataType,
  columns: readonly Column[],
  rowCount: number,
): Column {
  switch (from.kind) {
    case "null":
      return nulls(type, rowCount);
    case "struct": {
      const { fields } = type as StructType;
      const children = from.fields.map((field, k) => fieldColumn(field, fields[k]!.type, columns, rowCount));
      return new StructColumn(type, rowCount, null, children);
    }
    case "index":
      return columns[columns.length - 2]!;
    case "count":
      return columns[columns.length - 1]!;
    case "column":
      return from.inMillis === true
        ? inMillis(columns[from.column] as Int64Column, type, rowCount)
        : retyped(columns[from.column]!, type, BigInt(from.plusMicros ?? 0), rowCount);
  }
}

/** A column under another type of the same layout; times put off by `plus`. */
function retyped(column: Column, type: DataType, plus: bigint, rowCount: number): Column {
  if (column.layout !== "int64") return column;
  const values = plus === 0n ? column.values : column.values.map((value) => value + plus);
  return new Int64Column(type, rowCount, column.validity, values);
}

function inMillis({ values, validity }: Int64Column, type: DataType, rowCount: number): Column {
  return new Int64Column(
    type,
    rowCount,
    validity,
    values.map((value) => value / 1000n),
  );
}

function nulls(type: DataType, rowCount: number): Column {
  if (type.kind === "void") return new NullColumn(type, rowCount);
  const builder = columnBuilder(type);
  for (let i = 0; i < rowCount; i++) builder.appendNull();
  return builder.finish();
}
