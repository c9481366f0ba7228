import * as c from "@ss/core";
import {
  type Column,
  ColumnBuilder,
  columnBuilder,
  type DataType,
  layoutOf,
  structChildren,
  type Validity,
} from "@ss/core";

type Values = Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

const EMPTY_BYTES = new Uint8Array(0);

/**
 * Where a generated loop writes one output column: arrays that are reused batch after batch. `column` shows them as a column,
 * valid until the next batch.
 */
export class OutputBuffer {
  readonly type: DataType;
  readonly layout: ReturnType<typeof layoutOf>;
  validity: Uint8Array = EMPTY_BYTES;
  /** 1 as soon as a null was written. */
  hasNull = 0;
  values: Values = EMPTY_BYTES;
  words: Int32Array = new Int32Array(0);
  starts: Int32Array = new Int32Array(0);
  lengths: Int32Array = new Int32Array(0);
  months: Int32Array = new Int32Array(0);
  days: Int32Array = new Int32Array(0);
  micros: BigInt64Array = new BigInt64Array(0);
  /** The bytes to which starts and lengths refer; set by the generated code at the end of a batch. */
  data: Uint8Array = EMPTY_BYTES;
  /** Rows of `dictionary`, where rows are handed on as the input has them. */
  codes: Int32Array = new Int32Array(0);
  /** Set by the generated code at the end of a batch. */
  dictionary: c.DictionaryColumn["dictionary"] | null = null;
  /** Whether some generated code writes `codes`. */
  usesCodes = false;
  readonly children: readonly OutputBuffer[];
  /** Elements (or keys and values) that are copied, where they do not all lie in one column. */
  readonly own: readonly ColumnBuilder[];
  /** Elements (or keys and values) of the batch; set by the generated code at its end. */
  parts: (Column | ColumnBuilder)[] = [];

  constructor(type: DataType) {
    this.type = type;
    this.layout = layoutOf(type);
    this.children =
      this.layout === "struct" ? structChildren(type).map((child) => new OutputBuffer(child)) : [];
    if (type.kind === "array") this.own = [columnBuilder(type.elementType)];
    else if (type.kind === "map") this.own = [columnBuilder(type.keyType), columnBuilder(type.valueType)];
    else this.own = [];
  }

  /** Empties the buffer and makes room for `capacity` rows. */
  start(capacity: number): void {
    this.grow(capacity);
    if (this.hasNull === 1 || this.validity.length > 0) this.validity.fill(0);
    this.hasNull = 0;
    this.dictionary = null;
    for (const builder of this.own) builder.reset();
    for (const child of this.children) child.start(capacity);
  }

  /** Makes room for `capacity` rows and keeps what is there. */
  grow(capacity: number): void {
    if (capacity > this.validity.length << 3) this.allocate(Math.max(capacity, 256));
    if (this.usesCodes && this.codes.length < capacity) {
      this.codes = enlarged(this.codes, new Int32Array(this.validity.length << 3));
    }
    for (const child of this.children) child.grow(capacity);
  }

  private allocate(capacity: number): void {
    const rows = (capacity + 7) & ~7;
    this.validity = enlarged(this.validity, new Uint8Array(rows >> 3));
    switch (this.layout) {
      case "boolean":
        this.values = enlarged(this.values, new Uint8Array(rows));
        break;
      case "int8":
        this.values = enlarged(this.values, new Int8Array(rows));
        break;
      case "int16":
        this.values = enlarged(this.values, new Int16Array(rows));
        break;
      case "int32":
        this.values = enlarged(this.values, new Int32Array(rows));
        break;
      case "float32":
        this.values = enlarged(this.values, new Float32Array(rows));
        break;
      case "float64":
        this.values = enlarged(this.values, new Float64Array(rows));
        break;
      case "int64":
      case "int128": {
        const values = enlarged(this.values, new BigInt64Array(this.layout === "int64" ? rows : rows * 2));
        this.values = values;
        this.words = new Int32Array(values.buffer);
        break;
      }
      case "bytes":
      case "list":
      case "map":
        this.starts = enlarged(this.starts, new Int32Array(rows));
        this.lengths = enlarged(this.lengths, new Int32Array(rows));
        break;
      case "interval":
        this.months = enlarged(this.months, new Int32Array(rows));
        this.days = enlarged(this.days, new Int32Array(rows));
        this.micros = enlarged(this.micros, new BigInt64Array(rows));
        break;
    }
  }

  /** Copies elements of a list and returns where they begin. */
  copyPart(part: number, source: Column | ColumnBuilder, start: number, length: number): number {
    const builder = this.own[part]!;
    const column = source instanceof ColumnBuilder ? source.view() : source;
    const at = builder.length;
    for (let k = start; k < start + length; k++) builder.appendFrom(column, k);
    return at;
  }

  column(rowCount: number): Column {
    const { type } = this;
    const validity: Validity = this.hasNull === 1 ? this.validity : null;
    if (this.dictionary) return new c.DictionaryColumn(type, rowCount, validity, this.codes, this.dictionary);
    switch (this.layout) {
      case "boolean":
        return new c.BooleanColumn(type, rowCount, validity, this.values as Uint8Array);
      case "int8":
        return new c.Int8Column(type, rowCount, validity, this.values as Int8Array);
      case "int16":
        return new c.Int16Column(type, rowCount, validity, this.values as Int16Array);
      case "int32":
        return new c.Int32Column(type, rowCount, validity, this.values as Int32Array);
      case "int64":
        return new c.Int64Column(type, rowCount, validity, this.values as BigInt64Array);
      case "int128":
        return new c.Int128Column(type, rowCount, validity, this.values as BigInt64Array);
      case "float32":
        return new c.Float32Column(type, rowCount, validity, this.values as Float32Array);
      case "float64":
        return new c.Float64Column(type, rowCount, validity, this.values as Float64Array);
      case "bytes":
        return new c.BytesColumn(type, rowCount, validity, this.data, this.starts, this.lengths);
      case "interval":
        return new c.IntervalColumn(type, rowCount, validity, this.months, this.days, this.micros);
      case "list":
        return new c.ListColumn(type, rowCount, validity, this.starts, this.lengths, this.part(0));
      case "map":
        return new c.MapColumn(
          type,
          rowCount,
          validity,
          this.starts,
          this.lengths,
          this.part(0),
          this.part(1),
        );
      case "struct":
        return new c.StructColumn(
          type,
          rowCount,
          validity,
          this.children.map((child) => child.column(rowCount)),
        );
      case "null":
        return new c.NullColumn(type, rowCount);
    }
  }

  private part(k: number): Column {
    const part = this.parts[k] ?? this.own[k]!;
    return part instanceof ColumnBuilder ? part.view() : part;
  }
}

function enlarged<T extends Values>(old: Values, larger: T): T {
  if (old.length > 0) larger.set(old as never);
  return larger;
}
