// packages/core/src/errors/stream-error.ts
var StreamError = class _StreamError extends Error {
  name = "StreamError";
  condition;
  sqlState;
  parameters;
  recovery;
  queryContext;
  constructor(fields) {
    const { condition, message, cause } = fields;
    super(`[${condition}] ${message}${endingOf(fields)}`, cause === void 0 ? void 0 : { cause });
    this.condition = condition;
    this.sqlState = fields.sqlState;
    this.parameters = fields.parameters ?? {};
    this.recovery = fields.recovery ?? "fail";
    this.queryContext = fields.queryContext;
  }
  /** The message without its condition, its SQLSTATE and the lines of SQL. */
  get text() {
    return this.message.slice(`[${this.condition}] `.length, this.message.length - endingOf(this).length);
  }
  /** What an error says, for the message of another one: a SQLSTATE is told once. */
  static reasonOf(error) {
    if (!(error instanceof Error)) return String(error);
    if (!_StreamError.is(error)) return error.message;
    const { sqlState, message } = error;
    return sqlState === void 0 ? message : message.replace(` SQLSTATE: ${sqlState}`, "");
  }
  /** Whether `error` is a StreamError, of the given condition (or of one of its sub-conditions) if one is given. */
  static is(error, condition) {
    if (!(error instanceof Error) || error.name !== "StreamError" || !("condition" in error)) return false;
    if (condition === void 0) return true;
    return error.condition === condition || String(error.condition).startsWith(`${condition}.`);
  }
};
function endingOf({ sqlState, queryContext }) {
  const state = sqlState ? ` SQLSTATE: ${sqlState}` : "";
  return queryContext?.summary === void 0 ? state : `${state}
${queryContext.summary}`;
}
function assert(holds, message) {
  if (!holds) {
    throw new StreamError({
      condition: "INTERNAL_ERROR",
      sqlState: "XX000",
      parameters: { message },
      message: `${message}. This is a bug: please report it with the query that caused it.`
    });
  }
}

// packages/core/src/column/batch.ts
var Batch = class {
  schema;
  columns;
  rowCount;
  constructor(schema2, columns2, rowCount) {
    this.schema = schema2;
    this.columns = columns2;
    this.rowCount = rowCount;
  }
};
var BATCH_ROWS = 4096;

// packages/core/src/column/column.ts
var ColumnBase = class {
  type;
  length;
  validity;
  constructor(type, length, validity) {
    this.type = type;
    this.length = length;
    this.validity = validity;
  }
  /** Whether row `i` has no value. */
  isNull(i) {
    const bits = this.validity;
    return bits !== null && (bits[i >> 3] & 1 << (i & 7)) === 0;
  }
};
var BooleanColumn = class extends ColumnBase {
  layout = "boolean";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var Int8Column = class extends ColumnBase {
  layout = "int8";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var Int16Column = class extends ColumnBase {
  layout = "int16";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var Int32Column = class extends ColumnBase {
  layout = "int32";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var Int64Column = class extends ColumnBase {
  layout = "int64";
  values;
  words;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
    this.words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  }
};
var Int128Column = class extends ColumnBase {
  layout = "int128";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var Float32Column = class extends ColumnBase {
  layout = "float32";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var Float64Column = class extends ColumnBase {
  layout = "float64";
  values;
  constructor(type, length, validity, values) {
    super(type, length, validity);
    this.values = values;
  }
};
var BytesColumn = class extends ColumnBase {
  layout = "bytes";
  data;
  starts;
  lengths;
  constructor(type, length, validity, data, starts, lengths) {
    super(type, length, validity);
    this.data = data;
    this.starts = starts;
    this.lengths = lengths;
  }
};
var IntervalColumn = class extends ColumnBase {
  layout = "interval";
  months;
  days;
  micros;
  constructor(type, length, validity, months, days, micros) {
    super(type, length, validity);
    this.months = months;
    this.days = days;
    this.micros = micros;
  }
};
var ListColumn = class extends ColumnBase {
  layout = "list";
  starts;
  lengths;
  elements;
  constructor(type, length, validity, starts, lengths, elements) {
    super(type, length, validity);
    this.starts = starts;
    this.lengths = lengths;
    this.elements = elements;
  }
};
var MapColumn = class extends ColumnBase {
  layout = "map";
  starts;
  lengths;
  keys;
  mapValues;
  constructor(type, length, validity, starts, lengths, keys, mapValues) {
    super(type, length, validity);
    this.starts = starts;
    this.lengths = lengths;
    this.keys = keys;
    this.mapValues = mapValues;
  }
};
var StructColumn = class extends ColumnBase {
  layout = "struct";
  children;
  constructor(type, length, validity, children) {
    super(type, length, validity);
    this.children = children;
  }
};
var NullColumn = class extends ColumnBase {
  layout = "null";
  constructor(type, length) {
    super(type, length, null);
  }
  isNull() {
    return true;
  }
};
var DictionaryColumn = class extends ColumnBase {
  layout = "dictionary";
  codes;
  dictionary;
  constructor(type, length, validity, codes, dictionary) {
    super(type, length, validity);
    this.codes = codes;
    this.dictionary = dictionary;
  }
};
function layoutOf(type) {
  switch (type.kind) {
    case "boolean":
      return "boolean";
    case "byte":
      return "int8";
    case "short":
      return "int16";
    case "integer":
    case "date":
    case "yearMonthInterval":
      return "int32";
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
    case "dayTimeInterval":
      return "int64";
    case "decimal":
      return type.precision <= 18 ? "int64" : "int128";
    case "float":
      return "float32";
    case "double":
      return "float64";
    case "string":
    case "char":
    case "varchar":
    case "binary":
      return "bytes";
    case "variant":
      return "struct";
    case "interval":
      return "interval";
    case "array":
      return "list";
    case "map":
      return "map";
    case "struct":
      return "struct";
    case "void":
      return "null";
  }
}

// packages/core/src/column/builder/column-builder.ts
var INITIAL_ROWS = 64;
var ColumnBuilder = class {
  type;
  /** Rows so far. */
  length = 0;
  validity = new Uint8Array(INITIAL_ROWS >> 3);
  nullCount = 0;
  constructor(type) {
    this.type = type;
  }
  /** Appends a null. */
  appendNull() {
    this.next(false);
  }
  /** Appends rows `from .. to)` of a column of the same type. */
  appendRange(column, from, to) {
    for (let i = from; i < to; i++) this.appendFrom(column, i);
  }
  /** Starts rows `from .. to)` of a column at once, and returns the position of the first. */
  nextRange(column, from, to) {
    const start = this.length;
    const end = start + to - from;
    if (end > this.validity.length << 3) this.growTo(Math.max(end, start * 2));
    const { validity } = this;
    for (let i = from, at = start; i < to; i++, at++) {
      if (column.isNull(i)) {
        validity[at >> 3] &= ~(1 << (at & 7));
        this.nullCount++;
      } else validity[at >> 3] |= 1 << (at & 7);
    }
    this.length = end;
    return start;
  }
  /** Starts a row, growing the arrays where needed, and returns its position; for typed writers. */
  next(present) {
    const i = this.length;
    if (i >= this.validity.length << 3) this.growTo(i * 2);
    if (present) this.validity[i >> 3] |= 1 << (i & 7);
    else {
      this.validity[i >> 3] &= ~(1 << (i & 7));
      this.nullCount++;
    }
    this.length = i + 1;
    return i;
  }
  /** Writes a null over row `slot`. */
  setNull(slot) {
    this.mark(slot, false);
  }
  mark(slot, present) {
    const bit = 1 << (slot & 7);
    const was = (this.validity[slot >> 3] & bit) !== 0;
    if (was === present) return;
    this.nullCount += present ? -1 : 1;
    if (present) this.validity[slot >> 3] |= bit;
    else this.validity[slot >> 3] &= ~bit;
  }
  /** Whether row `i` is null. */
  isNull(i) {
    return (this.validity[i >> 3] & 1 << (i & 7)) === 0;
  }
  /** The rows so far as a column that keeps its own arrays; the builder is empty afterwards. */
  finish() {
    const column = this.make(true);
    this.reset();
    return column;
  }
  /** The rows so far without a copy: valid until the next change. */
  view() {
    return this.make(false);
  }
  /** Forgets all rows and keeps the arrays. */
  reset() {
    this.length = 0;
    this.nullCount = 0;
    this.resetValues();
  }
  make(copy) {
    const bytes = this.length + 7 >> 3;
    let validity = null;
    if (this.nullCount > 0)
      validity = copy ? this.validity.slice(0, bytes) : this.validity.subarray(0, bytes);
    return this.build(this.length, validity, copy);
  }
  growTo(capacity) {
    const rows = Math.max(INITIAL_ROWS, capacity);
    const bits = new Uint8Array(rows + 7 >> 3);
    bits.set(this.validity);
    this.validity = bits;
    this.grow(bits.length << 3);
  }
};

// packages/core/src/column/builder/fixed-builder.ts
var FixedBuilder = class extends ColumnBuilder {
  /** The values, to be written at the position that `next` returned. */
  values;
  constructor(type, values) {
    super(type);
    this.values = values;
  }
  grow(capacity) {
    const Kind = this.values.constructor;
    const larger = new Kind(capacity);
    larger.set(this.values);
    this.values = larger;
  }
  part(length, copy) {
    return copy ? this.values.slice(0, length) : this.values.subarray(0, length);
  }
  appendFrom(column, i) {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.next(false);
      else this.appendFrom(column.dictionary, column.codes[i]);
      return;
    }
    const at = this.next(!column.isNull(i));
    this.values[at] = column.values[i];
  }
  appendRange(column, from, to) {
    if (column.layout === "dictionary") return super.appendRange(column, from, to);
    const start = this.nextRange(column, from, to);
    const { values } = column;
    this.values.set(values.subarray(from, to), start);
  }
  setFrom(slot, column, i) {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.mark(slot, false);
      else this.setFrom(slot, column.dictionary, column.codes[i]);
      return;
    }
    this.mark(slot, !column.isNull(i));
    this.values[slot] = column.values[i];
  }
  resetValues() {
  }
  byteSize() {
    return this.values.byteLength + this.validity.byteLength;
  }
};

// packages/core/src/column/builder/boolean-builder.ts
var BooleanBuilder = class extends FixedBuilder {
  constructor(type) {
    super(type, new Uint8Array(INITIAL_ROWS));
  }
  append(value) {
    const i = this.next(value !== null);
    this.values[i] = value ? 1 : 0;
  }
  build(length, validity, copy) {
    return new BooleanColumn(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/bytes-builder.ts
var encoder = new TextEncoder();
var BytesBuilder = class extends ColumnBuilder {
  data = new Uint8Array(1024);
  /** Bytes of `data` in use. */
  used = 0;
  /** Bytes of `data` in use that no row refers to any more (rows written over). */
  garbage = 0;
  starts = new Int32Array(INITIAL_ROWS);
  lengths = new Int32Array(INITIAL_ROWS);
  append(value) {
    if (value === null) this.next(false);
    else if (typeof value === "string") this.appendText(value);
    else this.appendBytes(value, 0, value.length);
  }
  /** Appends a JavaScript string as UTF-8. */
  appendText(text) {
    this.ensure(text.length * 3);
    const at = this.next(true);
    const { written } = encoder.encodeInto(text, this.data.subarray(this.used));
    this.starts[at] = this.used;
    this.lengths[at] = written;
    this.used += written;
  }
  /** Appends `length` bytes of `source` from `start`. */
  appendBytes(source, start, length) {
    const at = this.next(true);
    this.put(at, source, start, length);
  }
  appendFrom(column, i) {
    if (column.isNull(i)) this.next(false);
    else if (column.layout === "dictionary") this.appendFrom(column.dictionary, column.codes[i]);
    else {
      const bytes = column;
      this.appendBytes(bytes.data, bytes.starts[i], bytes.lengths[i]);
    }
  }
  appendRange(column, from, to) {
    if (column.layout !== "bytes") return super.appendRange(column, from, to);
    const start = this.nextRange(column, from, to);
    const { data, starts, lengths } = column;
    for (let i = from, at = start; i < to; i++, at++) {
      if (!this.isNull(at)) this.put(at, data, starts[i], lengths[i]);
    }
  }
  setFrom(slot, column, i) {
    if (!this.isNull(slot)) this.garbage += this.lengths[slot];
    if (column.isNull(i)) this.mark(slot, false);
    else if (column.layout === "dictionary") {
      this.mark(slot, false);
      this.setFrom(slot, column.dictionary, column.codes[i]);
    } else {
      this.mark(slot, true);
      const bytes = column;
      this.put(slot, bytes.data, bytes.starts[i], bytes.lengths[i]);
    }
    if (this.garbage > 1 << 16 && this.garbage > this.used >> 1) this.compact();
  }
  put(slot, source, start, length) {
    this.ensure(length);
    const { data, used } = this;
    if (length <= 32) for (let k = 0; k < length; k++) data[used + k] = source[start + k];
    else data.set(source.subarray(start, start + length), used);
    this.starts[slot] = used;
    this.lengths[slot] = length;
    this.used = used + length;
  }
  ensure(extra) {
    const needed = this.used + extra;
    if (needed <= this.data.length) return;
    const larger = new Uint8Array(Math.max(needed, this.data.length * 2));
    larger.set(this.data.subarray(0, this.used));
    this.data = larger;
  }
  compact() {
    const data = new Uint8Array(this.data.length);
    let used = 0;
    for (let i = 0; i < this.length; i++) {
      if (this.isNull(i)) continue;
      const start = this.starts[i];
      data.set(this.data.subarray(start, start + this.lengths[i]), used);
      this.starts[i] = used;
      used += this.lengths[i];
    }
    this.data = data;
    this.used = used;
    this.garbage = 0;
  }
  grow(capacity) {
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
  build(length, validity, copy) {
    const data = copy ? this.data.slice(0, this.used) : this.data;
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    return new BytesColumn(this.type, length, validity, data, starts, lengths);
  }
  resetValues() {
    this.used = 0;
    this.garbage = 0;
  }
  byteSize() {
    return this.data.byteLength + this.starts.byteLength * 2 + this.validity.byteLength;
  }
};

// packages/core/src/column/builder/number-builder.ts
var NumberBuilder = class extends FixedBuilder {
  append(value) {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value;
  }
};

// packages/core/src/column/builder/float32-builder.ts
var Float32Builder = class extends NumberBuilder {
  constructor(type) {
    super(type, new Float32Array(INITIAL_ROWS));
  }
  build(length, validity, copy) {
    return new Float32Column(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/float64-builder.ts
var Float64Builder = class extends NumberBuilder {
  constructor(type) {
    super(type, new Float64Array(INITIAL_ROWS));
  }
  build(length, validity, copy) {
    return new Float64Column(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/int8-builder.ts
var Int8Builder = class extends NumberBuilder {
  constructor(type) {
    super(type, new Int8Array(INITIAL_ROWS));
  }
  build(length, validity, copy) {
    return new Int8Column(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/int16-builder.ts
var Int16Builder = class extends NumberBuilder {
  constructor(type) {
    super(type, new Int16Array(INITIAL_ROWS));
  }
  build(length, validity, copy) {
    return new Int16Column(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/int32-builder.ts
var Int32Builder = class extends NumberBuilder {
  constructor(type) {
    super(type, new Int32Array(INITIAL_ROWS));
  }
  build(length, validity, copy) {
    return new Int32Column(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/int64-builder.ts
var Int64Builder = class extends FixedBuilder {
  constructor(type) {
    super(type, new BigInt64Array(INITIAL_ROWS));
  }
  append(value) {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value;
  }
  build(length, validity, copy) {
    return new Int64Column(this.type, length, validity, this.part(length, copy));
  }
};

// packages/core/src/column/builder/int128-builder.ts
var Int128Builder = class extends ColumnBuilder {
  values = new BigInt64Array(INITIAL_ROWS * 2);
  append(value) {
    const i = this.next(value !== null);
    if (value !== null) this.write(i, value);
  }
  /** Writes an unscaled value at a row that `next` returned. */
  write(i, value) {
    this.values[2 * i] = BigInt.asIntN(64, value);
    this.values[2 * i + 1] = value >> 64n;
  }
  appendFrom(column, i) {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.next(false);
      else this.appendFrom(column.dictionary, column.codes[i]);
      return;
    }
    const at = this.next(!column.isNull(i));
    this.copy(at, column, i);
  }
  setFrom(slot, column, i) {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.mark(slot, false);
      else this.setFrom(slot, column.dictionary, column.codes[i]);
      return;
    }
    this.mark(slot, !column.isNull(i));
    this.copy(slot, column, i);
  }
  copy(slot, column, i) {
    this.values[2 * slot] = column.values[2 * i];
    this.values[2 * slot + 1] = column.values[2 * i + 1];
  }
  grow(capacity) {
    const larger = new BigInt64Array(capacity * 2);
    larger.set(this.values);
    this.values = larger;
  }
  build(length, validity, copy) {
    const values = copy ? this.values.slice(0, 2 * length) : this.values.subarray(0, 2 * length);
    return new Int128Column(this.type, length, validity, values);
  }
  resetValues() {
  }
  byteSize() {
    return this.values.byteLength + this.validity.byteLength;
  }
};

// packages/core/src/column/builder/interval-builder.ts
var IntervalBuilder = class extends ColumnBuilder {
  months;
  days;
  micros;
  constructor(type) {
    super(type);
    this.months = new Int32Builder({ kind: "integer" });
    this.days = new Int32Builder({ kind: "integer" });
    this.micros = new Int64Builder({ kind: "long" });
  }
  append(value) {
    this.next(value !== null);
    const { months, days, micros } = value ?? { months: 0, days: 0, micros: 0n };
    this.months.append(months);
    this.days.append(days);
    this.micros.append(micros);
  }
  appendNull() {
    this.append(null);
  }
  appendFrom(column, i) {
    this.append(intervalAt(column, i));
  }
  setFrom(slot, column, i) {
    const value = intervalAt(column, i);
    this.mark(slot, value !== null);
    if (value === null) return;
    this.months.values[slot] = value.months;
    this.days.values[slot] = value.days;
    this.micros.values[slot] = value.micros;
  }
  grow() {
  }
  build(length, validity, copy) {
    const part = (values) => copy ? values.slice(0, length) : values.subarray(0, length);
    const { months, days, micros } = this;
    return new IntervalColumn(
      this.type,
      length,
      validity,
      part(months.values),
      part(days.values),
      part(micros.values)
    );
  }
  resetValues() {
    this.months.reset();
    this.days.reset();
    this.micros.reset();
  }
  byteSize() {
    return this.months.byteSize() + this.days.byteSize() + this.micros.byteSize();
  }
};
function intervalAt(column, i) {
  if (column.isNull(i)) return null;
  if (column.layout === "dictionary") return intervalAt(column.dictionary, column.codes[i]);
  assert(column.layout === "interval", `an interval column was expected, not ${column.layout}`);
  return { months: column.months[i], days: column.days[i], micros: column.micros[i] };
}

// packages/core/src/column/builder/list-builder.ts
var ListBuilder = class extends ColumnBuilder {
  starts = new Int32Array(INITIAL_ROWS);
  lengths = new Int32Array(INITIAL_ROWS);
  elements;
  constructor(type, elements) {
    super(type);
    this.elements = elements;
  }
  append(value) {
    if (value === null) return this.appendNull();
    const start = this.elements.length;
    for (const element of value) this.elements.append(element);
    this.close(start);
  }
  /** Ends a row whose elements were appended to `elements` from position `start` on. */
  close(start) {
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = this.elements.length - start;
  }
  appendFrom(column, i) {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]);
    const start = this.elements.length;
    this.copyElements(column, i);
    this.close(start);
  }
  setFrom(slot, column, i) {
    this.mark(slot, !column.isNull(i));
    if (column.isNull(i)) return;
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]);
    this.starts[slot] = this.elements.length;
    this.lengths[slot] = column.lengths[i];
    this.copyElements(column, i);
  }
  copyElements(column, i) {
    const end = column.starts[i] + column.lengths[i];
    for (let k = column.starts[i]; k < end; k++) this.elements.appendFrom(column.elements, k);
  }
  grow(capacity) {
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
  build(length, validity, copy) {
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    const elements = copy ? this.elements.finish() : this.elements.view();
    return new ListColumn(this.type, length, validity, starts, lengths, elements);
  }
  resetValues() {
    this.elements.reset();
  }
  byteSize() {
    return this.starts.byteLength * 2 + this.elements.byteSize();
  }
};

// packages/core/src/column/builder/map-builder.ts
var MapBuilder = class extends ColumnBuilder {
  starts = new Int32Array(INITIAL_ROWS);
  lengths = new Int32Array(INITIAL_ROWS);
  keys;
  mapValues;
  constructor(type, keys, mapValues) {
    super(type);
    this.keys = keys;
    this.mapValues = mapValues;
  }
  append(value) {
    if (value === null) return this.appendNull();
    const { keys, values } = value;
    const start = this.keys.length;
    for (const key of keys) this.keys.append(key);
    for (const element of values) this.mapValues.append(element);
    this.close(start);
  }
  /** Ends a row whose entries were appended from position `start` on. */
  close(start) {
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = this.keys.length - start;
  }
  appendFrom(column, i) {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]);
    const start = this.keys.length;
    this.copyEntries(column, i);
    this.close(start);
  }
  setFrom(slot, column, i) {
    this.mark(slot, !column.isNull(i));
    if (column.isNull(i)) return;
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]);
    this.starts[slot] = this.keys.length;
    this.lengths[slot] = column.lengths[i];
    this.copyEntries(column, i);
  }
  copyEntries(column, i) {
    const end = column.starts[i] + column.lengths[i];
    for (let k = column.starts[i]; k < end; k++) {
      this.keys.appendFrom(column.keys, k);
      this.mapValues.appendFrom(column.mapValues, k);
    }
  }
  grow(capacity) {
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
  build(length, validity, copy) {
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    const keys = copy ? this.keys.finish() : this.keys.view();
    const mapValues = copy ? this.mapValues.finish() : this.mapValues.view();
    return new MapColumn(this.type, length, validity, starts, lengths, keys, mapValues);
  }
  resetValues() {
    this.keys.reset();
    this.mapValues.reset();
  }
  byteSize() {
    return this.starts.byteLength * 2 + this.keys.byteSize() + this.mapValues.byteSize();
  }
};

// packages/core/src/column/builder/null-builder.ts
var NullBuilder = class extends ColumnBuilder {
  append(_value) {
    this.next(false);
  }
  appendFrom() {
    this.next(false);
  }
  setFrom() {
  }
  grow() {
  }
  build(length) {
    return new NullColumn(this.type, length);
  }
  resetValues() {
  }
  byteSize() {
    return this.validity.byteLength;
  }
};

// packages/core/src/column/builder/struct-builder.ts
function structChildren(type) {
  if (type.kind === "variant") return [{ kind: "binary" }, { kind: "binary" }];
  assert(type.kind === "struct", `a struct type was expected, not ${type.kind}`);
  return type.fields.map((field) => field.type);
}
var StructBuilder = class extends ColumnBuilder {
  children;
  constructor(type, children) {
    super(type);
    this.children = children;
  }
  append(value) {
    this.next(value !== null);
    const values = value;
    for (let k = 0; k < this.children.length; k++)
      this.children[k].append(values === null ? null : values[k]);
  }
  appendNull() {
    this.append(null);
  }
  /** Ends a row whose fields were appended to the children. */
  close() {
    this.next(true);
  }
  appendFrom(column, i) {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]);
    this.next(true);
    const { children } = column;
    for (let k = 0; k < children.length; k++) this.children[k].appendFrom(children[k], i);
  }
  setNull(slot) {
    super.setNull(slot);
    for (const child of this.children) child.setNull(slot);
  }
  setFrom(slot, column, i) {
    if (column.isNull(i)) return this.setNull(slot);
    this.mark(slot, true);
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]);
    const { children } = column;
    for (let k = 0; k < children.length; k++) this.children[k].setFrom(slot, children[k], i);
  }
  grow() {
  }
  build(length, validity, copy) {
    const children = this.children.map((child) => copy ? child.finish() : child.view());
    return new StructColumn(this.type, length, validity, children);
  }
  resetValues() {
    for (const child of this.children) child.reset();
  }
  byteSize() {
    return this.children.reduce((sum, child) => sum + child.byteSize(), this.validity.byteLength);
  }
};

// packages/core/src/column/builder/builder-for-type.ts
function columnBuilder(type) {
  switch (layoutOf(type)) {
    case "boolean":
      return new BooleanBuilder(type);
    case "int8":
      return new Int8Builder(type);
    case "int16":
      return new Int16Builder(type);
    case "int32":
      return new Int32Builder(type);
    case "int64":
      return new Int64Builder(type);
    case "int128":
      return new Int128Builder(type);
    case "float32":
      return new Float32Builder(type);
    case "float64":
      return new Float64Builder(type);
    case "bytes":
      return new BytesBuilder(type);
    case "interval":
      return new IntervalBuilder(type);
    case "list":
      return listBuilder(type);
    case "map":
      return mapBuilder(type);
    case "struct":
      return new StructBuilder(type, structChildren(type).map(columnBuilder));
    case "null":
      return new NullBuilder(type);
  }
}
function listBuilder(type) {
  assert(type.kind === "array", `an array type was expected, not ${type.kind}`);
  return new ListBuilder(type, columnBuilder(type.elementType));
}
function mapBuilder(type) {
  assert(type.kind === "map", `a map type was expected, not ${type.kind}`);
  return new MapBuilder(type, columnBuilder(type.keyType), columnBuilder(type.valueType));
}

// packages/core/src/file-system/local-file-system.ts
import * as fs3 from "node:fs";
import { open, readdir, readFile, rm, unlink } from "node:fs/promises";
import { dirname as dirname3, join as join2, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

// packages/core/src/worker/worker-form.ts
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
function workerModule(moduleUrl, packageName, file) {
  const place = /^(.*)\/(?:src|dist)\//.exec(moduleUrl)?.[1];
  if (place === void 0 || !place.startsWith("file:")) return void 0;
  const root = fileURLToPath(place);
  const built = `${root}/dist/${file}`;
  if (!existsSync(`${root}/package.json`) || !existsSync(built)) return void 0;
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  return manifest.name === packageName ? pathToFileURL(built).href : void 0;
}

// packages/core/src/file-system/local-writes.ts
import * as fs2 from "node:fs";
import { dirname as dirname2 } from "node:path";
import { promisify } from "node:util";

// packages/core/src/file-system/spare-files.ts
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
var TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;
var SPARE = /^\.spare\.[0-9a-f]{12}\.tmp$/;
var FILES_MAX = 16;
var BYTES_MAX = 1 << 16;
function isTemporaryName(name) {
  return TEMPORARY.test(name);
}
function temporaryName(path2) {
  return join(dirname(path2), `.${basename(path2)}.${chance()}.tmp`);
}
var DIGITS = 12;
var digits = "";
var digitsUsed = 0;
function chance() {
  if (digitsUsed === digits.length) {
    digits = randomBytes(DIGITS / 2 * 256).toString("hex");
    digitsUsed = 0;
  }
  digitsUsed += DIGITS;
  return digits.slice(digitsUsed - DIGITS, digitsUsed);
}
var SpareFiles = class {
  durable;
  pools = /* @__PURE__ */ new Map();
  constructor(durable) {
    this.durable = durable;
  }
  /** Takes a file from its name; false if it has to be deleted in the ordinary way. Throws ENOENT if there is none. */
  keep(path2) {
    const facts = fs.lstatSync(path2);
    if (!facts.isFile() || facts.nlink !== 1 || facts.size > BYTES_MAX) return false;
    const folder = dirname(path2);
    const pool = this.poolOf(folder);
    if (pool.ready.length + pool.renamed.length >= FILES_MAX) return false;
    const spare = join(folder, `.spare.${chance()}.tmp`);
    fs.renameSync(path2, spare);
    if (this.durable) pool.renamed.push(spare);
    else pool.ready.push(spare);
    return true;
  }
  /** Opens a spare of the folder under the name `temporary`, its old bytes still in it; null if there is none. */
  take(temporary) {
    const pool = this.pools.get(dirname(temporary));
    for (; ; ) {
      const spare = pool?.ready.pop();
      if (spare === void 0) return null;
      try {
        fs.renameSync(spare, temporary);
      } catch {
        continue;
      }
      return fs.openSync(temporary, "r+");
    }
  }
  /** Tells of a sync of a folder that is about to begin; call the answer when it is done. */
  syncing(folder) {
    const pool = this.pools.get(folder);
    if (pool === void 0 || pool.renamed.length === 0) return () => {
    };
    const { renamed } = pool;
    pool.renamed = [];
    return () => pool.ready.push(...renamed);
  }
  poolOf(folder) {
    const known = this.pools.get(folder);
    if (known !== void 0) return known;
    const left = fs.readdirSync(folder).filter((name) => SPARE.test(name));
    const paths = left.slice(0, FILES_MAX).map((name) => join(folder, name));
    const pool = this.durable ? { ready: [], renamed: paths } : { ready: paths, renamed: [] };
    this.pools.set(folder, pool);
    return pool;
  }
};

// packages/core/src/file-system/local-writes.ts
var syncData = promisify(fs2.fdatasync);
var syncAll = promisify(fs2.fsync);
var write2 = promisify(fs2.write);
var SMALL_BYTES = 1 << 16;
var LocalWrites = class {
  durable;
  spares;
  constructor(durable, spares) {
    this.durable = durable;
    this.spares = spares;
  }
  async create(path2) {
    const draft = await this.draft(path2);
    let size = 0;
    return {
      get size() {
        return size;
      },
      write: async (bytes) => {
        await writeAll(draft.descriptor, bytes);
        size += bytes.length;
      },
      close: async () => {
        try {
          await this.settle(draft, size);
        } finally {
          fs2.closeSync(draft.descriptor);
        }
        fs2.renameSync(draft.path, path2);
        await this.syncFolder(dirname2(path2));
      },
      abort: async () => {
        quietly(() => fs2.closeSync(draft.descriptor));
        quietly(() => fs2.unlinkSync(draft.path));
      }
    };
  }
  /**
   * `link` refuses a name that exists, so of several racing callers one wins, and the name never stands for a part of the
   * bytes. The temporary name goes before the folder is forced to disk: one sync covers both.
   */
  async createExclusive(path2, bytes) {
    const draft = await this.draft(path2);
    try {
      try {
        await writeAll(draft.descriptor, bytes);
        await this.settle(draft, bytes.length);
      } finally {
        fs2.closeSync(draft.descriptor);
      }
      fs2.linkSync(draft.path, path2);
    } catch (error) {
      if (hasCode(error, "EEXIST")) return false;
      throw error;
    } finally {
      quietly(() => fs2.unlinkSync(draft.path));
    }
    await this.syncFolder(dirname2(path2));
    return true;
  }
  /** Makes a folder and those above it, durable: each new name is forced into the folder that holds it. */
  async makeFolder(folder) {
    const first = fs2.mkdirSync(folder, { recursive: true });
    if (first === void 0) return;
    for (let made = folder; made.length >= first.length; made = dirname2(made)) {
      await this.syncFolder(dirname2(made));
    }
  }
  /** Forces a folder's names to disk. */
  async syncFolder(folder) {
    if (!this.durable || process.platform === "win32") return;
    const synced = this.spares.syncing(folder);
    const descriptor = fs2.openSync(folder, "r");
    try {
      await syncAll(descriptor);
    } finally {
      fs2.closeSync(descriptor);
    }
    synced();
  }
  async draft(target) {
    const path2 = temporaryName(target);
    const reused = this.spares.take(path2);
    if (reused !== null) return { path: path2, descriptor: reused, reused: true };
    try {
      return { path: path2, descriptor: fs2.openSync(path2, "wx"), reused: false };
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
    }
    await this.makeFolder(dirname2(path2));
    return { path: path2, descriptor: fs2.openSync(path2, "wx"), reused: false };
  }
  /** Cuts off what is left of another file and forces the bytes to disk. */
  async settle({ descriptor, reused }, size) {
    if (reused) fs2.ftruncateSync(descriptor, size);
    if (this.durable) await syncData(descriptor);
  }
};
function hasCode(error, ...codes) {
  return codes.includes(error?.code ?? "");
}
async function writeAll(descriptor, bytes) {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done;
    if (rest <= SMALL_BYTES) done += fs2.writeSync(descriptor, bytes, done, rest);
    else done += (await write2(descriptor, bytes, done, rest)).bytesWritten;
  }
}
function quietly(call) {
  try {
    call();
  } catch {
  }
}

// packages/core/src/file-system/local-file-system.ts
var LISTING_STEP = 256;
var SKIPPING_STEP = 1 << 14;
function localFileSystem(options = {}) {
  const durable = options.durable ?? true;
  const spares = new SpareFiles(durable);
  const writes = new LocalWrites(durable, spares);
  return {
    schemes: ["file"],
    get worker() {
      const module = workerModule(import.meta.url, "@ss/core", "index.js");
      return module === void 0 ? void 0 : { module, export: "localFileSystem", options: { durable } };
    },
    folderTimes: true,
    list: (folder, listOptions) => listFolder(trimSlash(folder), localPath(folder), listOptions ?? {}),
    stat: async (path2) => entryOf(trimSlash(path2), localPath(path2)),
    readAll: (path2) => readAll(path2),
    open: (path2) => openReader(path2),
    create: (path2) => writes.create(localPath(path2)),
    createExclusive: (path2, bytes) => writes.createExclusive(localPath(path2), bytes),
    delete: (path2, deleteOptions) => deletePath(localPath(path2), deleteOptions?.reuse ? spares : null),
    move: (from, to) => movePath(from, localPath(from), localPath(to), writes)
  };
}
function localPath(path2) {
  const match = /^file:(?:\/\/[^/]*)?(\/.*)$/.exec(path2);
  return resolve(match ? match[1] : path2);
}
function trimSlash(path2) {
  return path2.length > 1 && path2.endsWith("/") ? path2.replace(/\/+$/, "") : path2;
}
function notFound(path2, cause) {
  if (!hasCode(cause, "ENOENT", "ENOTDIR")) return cause;
  return new StreamError({
    condition: "PATH_NOT_FOUND",
    sqlState: "42K03",
    parameters: { path: path2 },
    message: `Path does not exist: ${path2}.`,
    cause
  });
}
async function* listFolder(asked, folder, options) {
  const { recursive = false, skip } = options;
  let names2;
  try {
    names2 = await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    throw error;
  }
  const prefix = asked === "/" ? "/" : `${asked}/`;
  let looks = 0;
  for (let k = 0; k < names2.length; k++) {
    if (k % SKIPPING_STEP === SKIPPING_STEP - 1) await nextTurn();
    const name = names2[k];
    const path2 = prefix + name;
    if (skip?.(path2) || isTemporaryName(name)) continue;
    if (++looks % LISTING_STEP === 0) await nextTurn();
    const found = entryOf(path2, join2(folder, name));
    if (found === null) continue;
    if (recursive && found.isFolder) yield* listFolder(path2, join2(folder, name), options);
    else yield found;
  }
}
function entryOf(path2, local) {
  try {
    const facts = fs3.statSync(local, { throwIfNoEntry: false });
    if (facts === void 0) return null;
    const isFolder = facts.isDirectory();
    return { path: path2, isFolder, size: isFolder ? 0 : facts.size, modifiedMs: Math.floor(facts.mtimeMs) };
  } catch (error) {
    if (hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}
async function readAll(path2) {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(localPath(path2));
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}
async function openReader(path2) {
  let handle;
  try {
    handle = await open(localPath(path2), "r");
  } catch (error) {
    throw notFound(path2, error);
  }
  try {
    const { size } = await handle.stat();
    return {
      size,
      read: async (target, targetStart, length, position) => (await handle.read(target, targetStart, length, position)).bytesRead,
      close: () => handle.close()
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
async function deletePath(path2, spares) {
  try {
    if (spares?.keep(path2)) return true;
    const facts = fs3.lstatSync(path2, { throwIfNoEntry: false });
    if (facts === void 0) return false;
    if (facts.isDirectory()) await rm(path2, { recursive: true, force: true });
    else await unlink(path2);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}
async function movePath(asked, from, to, writes) {
  try {
    fs3.renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    if (entryOf(from, from) === null) throw notFound(asked, error);
    await writes.makeFolder(dirname3(to));
    fs3.renameSync(from, to);
  }
  await writes.syncFolder(dirname3(to));
  if (dirname3(from) !== dirname3(to)) await writes.syncFolder(dirname3(from));
}

// packages/core/src/plugin/options.ts
var Options = class _Options {
  entries;
  constructor(values = {}) {
    const map = /* @__PURE__ */ new Map();
    const pairs = Symbol.iterator in values ? values : Object.entries(values);
    for (const [name, value] of pairs) {
      if (value !== void 0 && value !== null) map.set(name.toLowerCase(), [name, String(value)]);
    }
    this.entries = map;
  }
  /** These options with one more. */
  with(name, value) {
    return new _Options([...this.pairs(), [name, value]]);
  }
  has(name) {
    return this.entries.has(name.toLowerCase());
  }
  get(name) {
    return this.entries.get(name.toLowerCase())?.[1];
  }
  /** Names as they were written, with their values. */
  pairs() {
    return [...this.entries.values()].map(([name, value]) => [name, value]);
  }
  text(name, fallback) {
    return this.get(name) ?? fallback;
  }
  /** The value of an option that has to be there. */
  required(name, format) {
    const value = this.get(name);
    if (value !== void 0 && value !== "") return value;
    throw new StreamError({
      condition: "SS_MISSING_OPTION",
      parameters: { option: name, format },
      message: `The format '${format}' needs the option '${name}': set it with .option("${name}", ...).`
    });
  }
  /** `true` or `false` in any case; INVALID_OPTION otherwise. */
  boolean(name, fallback) {
    const value = this.get(name)?.toLowerCase();
    if (value === void 0) return fallback;
    if (value === "true" || value === "false") return value === "true";
    throw invalidOption(name, this.get(name), "true or false");
  }
  /** A whole number, not below `min`. */
  integer(name, fallback, min = Number.MIN_SAFE_INTEGER) {
    return this.optionalInteger(name, min) ?? fallback;
  }
  /** A whole number, not below `min`, or undefined where the option is not set. */
  optionalInteger(name, min = Number.MIN_SAFE_INTEGER) {
    const value = this.get(name);
    if (value === void 0) return void 0;
    const number = Number(value.trim());
    if (value.trim() !== "" && Number.isSafeInteger(number) && number >= min) return number;
    throw invalidOption(
      name,
      value,
      min > Number.MIN_SAFE_INTEGER ? `a whole number from ${min} on` : "a whole number"
    );
  }
  /** One of a few words, in any case; the word is returned as listed. */
  choice(name, choices, fallback) {
    const value = this.get(name);
    if (value === void 0) return fallback;
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (found !== void 0) return found;
    throw invalidOption(name, value, `one of ${choices.join(", ")}`);
  }
  /** A time span in milliseconds: `"10 seconds"`, `"5m"`, `"100ms"`, or a plain number of `unitMs`. */
  durationMs(name, fallback, unitMs = 1) {
    const value = this.get(name);
    if (value === void 0) return fallback;
    const ms = parseDurationMs(value, unitMs);
    if (ms === void 0) throw invalidOption(name, value, "a time span such as 10 seconds, 5m or 100ms");
    return ms;
  }
};
var UNITS = [
  [/^(ms|msec|milli(second)?s?)$/, 1],
  [/^(us|micro(second)?s?)$/, 1e-3],
  [/^(s|sec|seconds?)$/, 1e3],
  [/^(m|min|minutes?)$/, 6e4],
  [/^(h|hours?)$/, 36e5],
  [/^(d|days?)$/, 864e5],
  [/^weeks?$/, 6048e5]
];
function parseDurationMs(text, unitMs = 1) {
  const trimmed = text.trim().toLowerCase().replace(/^interval\s+/, "");
  if (/^-?\d+$/.test(trimmed)) return Number(trimmed) * unitMs;
  let total = 0;
  let rest = trimmed;
  do {
    const match = /^([+-]?\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest);
    if (!match) return void 0;
    const factor = UNITS.find(([pattern]) => pattern.test(match[2]))?.[1];
    if (factor === void 0) return void 0;
    total += Number(match[1]) * factor;
    rest = rest.slice(match[0].length);
  } while (rest !== "");
  return total;
}
function invalidOption(name, value, expected) {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: name, value, expected },
    message: `The option '${name}' is '${value}', but it has to be ${expected}.`
  });
}

// packages/core/src/schema/data-type.ts
var BooleanType = { kind: "boolean" };
var ByteType = { kind: "byte" };
var ShortType = { kind: "short" };
var IntegerType = { kind: "integer" };
var LongType = { kind: "long" };
var FloatType = { kind: "float" };
var DoubleType = { kind: "double" };
var StringType = { kind: "string" };
var BinaryType = { kind: "binary" };
var DateType = { kind: "date" };
var TimestampType = { kind: "timestamp" };
var TimestampNTZType = { kind: "timestamp_ntz" };
var CalendarIntervalType = { kind: "interval" };
var VariantType = { kind: "variant" };
var NullType = { kind: "void" };
function CharType(length) {
  return { kind: "char", length };
}
function VarcharType(length) {
  return { kind: "varchar", length };
}
function TimeType(precision = 6) {
  return { kind: "time", precision };
}
function DecimalType(precision = 10, scale = 0) {
  return { kind: "decimal", precision, scale };
}
function YearMonthIntervalType(start = "year", end = "month") {
  return { kind: "yearMonthInterval", start, end };
}
function DayTimeIntervalType(start = "day", end = "second") {
  return { kind: "dayTimeInterval", start, end };
}
function ArrayType(elementType, containsNull = true) {
  return { kind: "array", elementType, containsNull };
}
function MapType(keyType, valueType, valueContainsNull = true) {
  return { kind: "map", keyType, valueType, valueContainsNull };
}
function sameType(a, b, ignoreNullability = false) {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "string":
      return (a.collation ?? "UTF8_BINARY") === (b.collation ?? "UTF8_BINARY");
    case "char":
    case "varchar":
      return a.length === b.length;
    case "time":
      return a.precision === b.precision;
    case "decimal":
      return a.precision === b.precision && a.scale === b.scale;
    case "yearMonthInterval":
    case "dayTimeInterval":
      return a.start === b.start && a.end === b.end;
    case "array": {
      const other = b;
      if (!ignoreNullability && a.containsNull !== other.containsNull) return false;
      return sameType(a.elementType, other.elementType, ignoreNullability);
    }
    case "map": {
      const other = b;
      if (!ignoreNullability && a.valueContainsNull !== other.valueContainsNull) return false;
      return sameType(a.keyType, other.keyType, ignoreNullability) && sameType(a.valueType, other.valueType, ignoreNullability);
    }
    case "struct": {
      const other = b.fields;
      return a.fields.length === other.length && a.fields.every((field, i) => {
        const twin = other[i];
        return field.name === twin.name && (ignoreNullability || field.nullable === twin.nullable) && sameType(field.type, twin.type, ignoreNullability);
      });
    }
    default:
      return true;
  }
}

// packages/core/src/schema/type-text.ts
var SIMPLE = {
  byte: "tinyint",
  short: "smallint",
  integer: "int",
  long: "bigint"
};
function quoteIfNeeded(name) {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}
function intervalText(family) {
  return family.start === family.end ? `interval ${family.start}` : `interval ${family.start} to ${family.end}`;
}
function simpleString(type) {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "char":
    case "varchar":
      return `${type.kind}(${type.length})`;
    case "time":
      return `time(${type.precision})`;
    case "string":
      return type.collation ? `string collate ${type.collation}` : "string";
    case "yearMonthInterval":
    case "dayTimeInterval":
      return intervalText(type);
    case "array":
      return `array<${simpleString(type.elementType)}>`;
    case "map":
      return `map<${simpleString(type.keyType)},${simpleString(type.valueType)}>`;
    case "struct":
      return `struct<${type.fields.map((f) => `${f.name}:${simpleString(f.type)}`).join(",")}>`;
    default:
      return SIMPLE[type.kind] ?? type.kind;
  }
}
function sqlText(type) {
  switch (type.kind) {
    case "array":
      return `ARRAY<${sqlText(type.elementType)}>`;
    case "map":
      return `MAP<${sqlText(type.keyType)}, ${sqlText(type.valueType)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((f) => `${quoteIfNeeded(f.name)}: ${sqlText(f.type)}${f.nullable ? "" : " NOT NULL"}`).join(", ")}>`;
    case "string":
      return type.collation ? `STRING COLLATE ${type.collation}` : "STRING";
    default:
      return simpleString(type).toUpperCase();
  }
}
function typeName(type) {
  switch (type.kind) {
    case "array":
    case "map":
    case "struct":
      return type.kind;
    case "byte":
    case "short":
    case "integer":
    case "long":
      return type.kind;
    default:
      return simpleString(type);
  }
}
function treeString(schema2) {
  const lines = ["root"];
  appendFields(schema2, " |", lines);
  return `${lines.join("\n")}
`;
}
function appendFields(type, prefix, lines) {
  for (const field of type.fields) {
    lines.push(`${prefix}-- ${field.name}: ${typeName(field.type)} (nullable = ${field.nullable})`);
    appendNested(field.type, `${prefix}    |`, lines);
  }
}
function appendNested(type, prefix, lines) {
  if (type.kind === "struct") appendFields(type, prefix, lines);
  else if (type.kind === "array") {
    lines.push(`${prefix}-- element: ${typeName(type.elementType)} (containsNull = ${type.containsNull})`);
    appendNested(type.elementType, `${prefix}    |`, lines);
  } else if (type.kind === "map") {
    lines.push(`${prefix}-- key: ${typeName(type.keyType)}`);
    appendNested(type.keyType, `${prefix}    |`, lines);
    lines.push(
      `${prefix}-- value: ${typeName(type.valueType)} (valueContainsNull = ${type.valueContainsNull})`
    );
    appendNested(type.valueType, `${prefix}    |`, lines);
  }
}

// packages/core/src/schema/json-form.ts
function typeToJson(type) {
  switch (type.kind) {
    case "array":
      return { type: "array", elementType: typeToJson(type.elementType), containsNull: type.containsNull };
    case "map":
      return {
        type: "map",
        keyType: typeToJson(type.keyType),
        valueType: typeToJson(type.valueType),
        valueContainsNull: type.valueContainsNull
      };
    case "struct":
      return {
        type: "struct",
        fields: type.fields.map((field) => ({
          name: field.name,
          type: typeToJson(field.type),
          nullable: field.nullable,
          metadata: field.metadata ?? {}
        }))
      };
    default:
      return typeName(type);
  }
}
function typeFromJson(json) {
  if (typeof json === "string") return parseTypeText(json);
  if (typeof json === "object" && json !== null && "type" in json) {
    const node = json;
    switch (node["type"]) {
      case "array":
        return ArrayType(typeFromJson(node["elementType"]), node["containsNull"] !== false);
      case "map":
        return MapType(
          typeFromJson(node["keyType"]),
          typeFromJson(node["valueType"]),
          node["valueContainsNull"] !== false
        );
      case "struct":
        if (Array.isArray(node["fields"])) return new StructType(node["fields"].map(fieldFromJson));
    }
  }
  throw invalid(json);
}
function fieldFromJson(json) {
  if (typeof json?.["name"] !== "string") throw invalid(json);
  return StructField(
    json["name"],
    typeFromJson(json["type"]),
    json["nullable"] !== false,
    json["metadata"] ?? {}
  );
}
function invalid(json) {
  const text = JSON.stringify(json) ?? "undefined";
  return new StreamError({
    condition: "INVALID_JSON_DATA_TYPE",
    sqlState: "2203G",
    parameters: { invalidType: text },
    message: `This is not the JSON form of a data type: ${text}.`
  });
}

// packages/core/src/schema/struct-type.ts
function StructField(name, type, nullable = true, metadata) {
  return metadata && Object.keys(metadata).length > 0 ? { name, type, nullable, metadata } : { name, type, nullable };
}
var StructType = class _StructType {
  kind = "struct";
  fields;
  constructor(fields = []) {
    this.fields = fields;
  }
  /** This schema with one more field at its end. `type` may be the text of a type (`"decimal(10,2)"`). */
  add(name, type, nullable = true, metadata) {
    const resolved = typeof type === "string" ? parseTypeText(type) : type;
    return new _StructType([...this.fields, StructField(name, resolved, nullable, metadata)]);
  }
  get length() {
    return this.fields.length;
  }
  fieldNames() {
    return this.fields.map((field) => field.name);
  }
  /** The position of the field of exactly this name, or -1. */
  indexOf(name) {
    return this.fields.findIndex((field) => field.name === name);
  }
  /** The field of exactly this name; FIELD_NOT_FOUND if there is none. */
  field(name) {
    const found = this.fields[this.indexOf(name)];
    if (found) return found;
    throw new StreamError({
      condition: "FIELD_NOT_FOUND",
      sqlState: "42704",
      parameters: {
        fieldName: `\`${name}\``,
        fields: this.fieldNames().map((n) => `\`${n}\``).join(", ")
      },
      message: `No field \`${name}\` in ${simpleString(this)}.`
    });
  }
  /** The same fields, every one of them (also nested ones) nullable. */
  asNullable() {
    return nullableType(this);
  }
  /** Spark's compact text, `struct<a:int,b:string>`. */
  simpleString() {
    return simpleString(this);
  }
  /** The tree that `printSchema` prints. */
  treeString() {
    return treeString(this);
  }
  /** Spark's JSON form as plain data; `JSON.stringify(schema)` uses it. */
  toJSON() {
    return typeToJson(this);
  }
  /** Reads Spark's JSON form, as text or as plain data. */
  static fromJSON(json) {
    const type = typeFromJson(typeof json === "string" ? JSON.parse(json) : json);
    if (type.kind === "struct") return type;
    throw new StreamError({
      condition: "INVALID_SCHEMA.NON_STRUCT_TYPE",
      sqlState: "42K07",
      parameters: { inputSchema: JSON.stringify(json), dataType: simpleString(type) },
      message: `A schema has to be a struct, but this is ${simpleString(type)}.`
    });
  }
  /** Reads a DDL text, `a INT, b STRING NOT NULL COMMENT 'x'`. */
  static fromDDL(ddl) {
    return parseDdl(ddl);
  }
};
function nullableType(type) {
  switch (type.kind) {
    case "array":
      return { ...type, elementType: nullableType(type.elementType), containsNull: true };
    case "map":
      return {
        ...type,
        keyType: nullableType(type.keyType),
        valueType: nullableType(type.valueType),
        valueContainsNull: true
      };
    case "struct":
      return new StructType(
        type.fields.map((field) => ({ ...field, type: nullableType(field.type), nullable: true }))
      );
    default:
      return type;
  }
}

// packages/core/src/schema/ddl.ts
function parseDdl(ddl) {
  const parser = new DdlParser(ddl);
  return parser.schema();
}
function parseTypeText(text) {
  return new DdlParser(text).singleType();
}
var NAMES = /* @__PURE__ */ new Map([
  ["boolean", BooleanType],
  ["tinyint", ByteType],
  ["byte", ByteType],
  ["smallint", ShortType],
  ["short", ShortType],
  ["int", IntegerType],
  ["integer", IntegerType],
  ["bigint", LongType],
  ["long", LongType],
  ["float", FloatType],
  ["real", FloatType],
  ["double", DoubleType],
  ["string", StringType],
  ["binary", BinaryType],
  ["date", DateType],
  ["timestamp", TimestampType],
  ["timestamp_ltz", TimestampType],
  ["timestamp_ntz", TimestampNTZType],
  ["variant", VariantType],
  ["void", NullType],
  ["null", NullType]
]);
var TOKEN = /\s+|`((?:[^`]|``)*)`|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([\p{L}_$0-9]+)|([<>(),:;-])/uy;
var DdlParser = class {
  tokens = [];
  position = 0;
  text;
  constructor(text) {
    this.text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw this.error(text.slice(at, at + 1));
      if (match[1] !== void 0) this.tokens.push({ kind: "quoted", text: match[1].replaceAll("``", "`") });
      else if (match[2] !== void 0 || match[3] !== void 0) {
        this.tokens.push({ kind: "string", text: (match[2] ?? match[3]).replace(/\\(.)/g, "$1") });
      } else if (match[4] !== void 0) this.tokens.push({ kind: "word", text: match[4] });
      else if (match[5] !== void 0) this.tokens.push({ kind: "mark", text: match[5] });
    }
  }
  schema() {
    if (this.tokens.length === 0) return new StructType();
    if (this.isWord("struct") && this.tokens[1]?.text === "<") {
      const type = this.singleType();
      if (type.kind === "struct") return type;
    }
    const fields = this.fieldList(() => this.position >= this.tokens.length);
    return new StructType(fields);
  }
  singleType() {
    const type = this.type();
    if (this.position < this.tokens.length) throw this.error(this.tokens[this.position].text);
    return type;
  }
  fieldList(atEnd) {
    const fields = [];
    do
      fields.push(this.field());
    while (this.accept(","));
    if (!atEnd()) throw this.error(this.tokens[this.position]?.text ?? "end of input");
    return fields;
  }
  field() {
    const name = this.next();
    if (name.kind === "mark") throw this.error(name.text);
    this.accept(":");
    const type = this.type();
    let nullable = true;
    if (this.isWord("not") && this.tokens[this.position + 1]?.text.toLowerCase() === "null") {
      this.position += 2;
      nullable = false;
    }
    let metadata;
    if (this.isWord("comment")) {
      this.position++;
      metadata = { comment: this.next().text };
    }
    return StructField(name.text, type, nullable, metadata);
  }
  type() {
    const token = this.next();
    const name = token.text.toLowerCase();
    if (token.kind === "mark" || token.kind === "string") throw this.error(token.text);
    switch (name) {
      case "array": {
        this.expect("<");
        const element = this.type();
        this.expect(">");
        return ArrayType(element);
      }
      case "map": {
        this.expect("<");
        const key = this.type();
        this.expect(",");
        const value = this.type();
        this.expect(">");
        return MapType(key, value);
      }
      case "struct": {
        this.expect("<");
        if (this.accept(">")) return new StructType();
        const fields = this.fieldList(() => this.accept(">"));
        return new StructType(fields);
      }
      case "decimal":
      case "dec":
      case "numeric":
        return this.decimal();
      case "char":
      case "character":
        return CharType(this.lengthArgument(token.text));
      case "varchar":
        return VarcharType(this.lengthArgument(token.text));
      case "time":
        return this.accept("(") ? TimeType(this.closedInteger()) : TimeType();
      case "timestamp":
        return this.timestamp();
      case "interval":
        return this.interval();
      case "string":
        return this.string();
    }
    const simple = NAMES.get(name);
    if (simple) return simple;
    throw new StreamError({
      condition: "UNSUPPORTED_DATATYPE",
      sqlState: "0A000",
      parameters: { typeName: `"${token.text.toUpperCase()}"` },
      message: `Unknown data type "${token.text.toUpperCase()}" in '${this.text}'.`
    });
  }
  decimal() {
    if (!this.accept("(")) return DecimalType();
    const precision = this.integer();
    const scale = this.accept(",") ? this.integer() : 0;
    this.expect(")");
    if (precision > 38) {
      throw new StreamError({
        condition: "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
        sqlState: "22003",
        parameters: { precision: String(precision), maxPrecision: "38" },
        message: `Decimal precision ${precision} exceeds the maximum of 38.`
      });
    }
    return DecimalType(precision, scale);
  }
  timestamp() {
    if (this.isWord("without") || this.isWord("with")) {
      const without = this.isWord("without");
      this.position++;
      if (!without && this.isWord("local")) this.position++;
      for (const word of ["time", "zone"]) {
        if (!this.isWord(word)) throw this.error(this.tokens[this.position]?.text ?? "end of input");
        this.position++;
      }
      return without ? TimestampNTZType : TimestampType;
    }
    return TimestampType;
  }
  interval() {
    const unit = () => {
      const word = this.tokens[this.position]?.text.toLowerCase();
      if (!word || !["year", "month", "day", "hour", "minute", "second"].includes(word)) return void 0;
      this.position++;
      return word;
    };
    const start = unit();
    if (!start) return CalendarIntervalType;
    let end = start;
    if (this.isWord("to")) {
      this.position++;
      end = unit();
      if (!end) throw this.error("to");
    }
    const months = start === "year" || start === "month";
    if (months !== (end === "year" || end === "month")) throw this.error(end);
    return months ? YearMonthIntervalType(start, end) : DayTimeIntervalType(start, end);
  }
  string() {
    if (!this.isWord("collate")) return StringType;
    this.position++;
    const collation = this.next().text.toUpperCase();
    return collation === "UTF8_BINARY" ? StringType : { kind: "string", collation };
  }
  lengthArgument(name) {
    if (this.accept("(")) return this.closedInteger();
    throw new StreamError({
      condition: "DATATYPE_MISSING_SIZE",
      sqlState: "42K01",
      parameters: { type: `"${name.toUpperCase()}"` },
      message: `${name.toUpperCase()} needs a length, as in ${name.toUpperCase()}(10).`
    });
  }
  closedInteger() {
    const value = this.integer();
    this.expect(")");
    return value;
  }
  integer() {
    const negative = this.accept("-");
    const token = this.next();
    if (!/^\d+$/.test(token.text)) throw this.error(token.text);
    return negative ? -Number(token.text) : Number(token.text);
  }
  next() {
    const token = this.tokens[this.position++];
    if (!token) throw this.error("end of input");
    return token;
  }
  isWord(word) {
    const token = this.tokens[this.position];
    return token?.kind === "word" && token.text.toLowerCase() === word;
  }
  accept(mark) {
    const token = this.tokens[this.position];
    if (token?.kind !== "mark" || token.text !== mark) return false;
    this.position++;
    return true;
  }
  expect(mark) {
    if (!this.accept(mark)) throw this.error(this.tokens[this.position]?.text ?? "end of input");
  }
  error(near) {
    return new StreamError({
      condition: "PARSE_SYNTAX_ERROR",
      sqlState: "42601",
      parameters: { error: near === "end of input" ? near : `'${near}'`, hint: "" },
      message: `Syntax error at or near '${near}' in the schema '${this.text}'.`
    });
  }
};

// packages/format-parquet/src/arrow/validity-reader.ts
var ValidityReader = class {
  bits = new Uint8Array(0);
  read(array) {
    const { length, offset, nullCount } = array;
    if (nullCount === 0) return null;
    const shift = offset & 7;
    const source = array.buffer(0, offset >> 3, shift + length + 7 >> 3);
    if (source === null) return null;
    const size = length + 7 >> 3;
    if (this.bits.length < size) this.bits = new Uint8Array(size);
    if (shift === 0) this.bits.set(source.subarray(0, size));
    else
      for (let i = 0; i < size; i++)
        this.bits[i] = source[i] >> shift | (source[i + 1] ?? 0) << 8 - shift;
    return this.bits;
  }
};

// packages/format-parquet/src/arrow/nested-readers.ts
var ListRows = class {
  starts = new Int32Array(0);
  lengths = new Int32Array(0);
  format;
  constructor(format) {
    this.format = format;
  }
  read(array) {
    const { length, offset } = array;
    if (this.starts.length < length) {
      this.starts = new Int32Array(length);
      this.lengths = new Int32Array(length);
    }
    const { starts, lengths } = this;
    if (this.format.startsWith("+w")) {
      const width = Number(this.format.slice(3));
      for (let i = 0; i < length; i++) {
        starts[i] = (offset + i) * width;
        lengths[i] = width;
      }
      return;
    }
    const isLarge = this.format === "+L";
    const bytes = array.buffer(1, offset * (isLarge ? 8 : 4), (length + 1) * (isLarge ? 8 : 4));
    if (bytes === null) {
      starts.fill(0);
      lengths.fill(0);
      return;
    }
    const ends = isLarge ? Int32Array.from(new BigInt64Array(bytes.buffer, bytes.byteOffset, length + 1), Number) : new Int32Array(bytes.buffer, bytes.byteOffset, length + 1);
    for (let i = 0; i < length; i++) {
      starts[i] = ends[i];
      lengths[i] = ends[i + 1] - ends[i];
    }
  }
};
var ListReader = class {
  type;
  rows;
  elements;
  validity = new ValidityReader();
  constructor(type, format, elements) {
    this.type = type;
    this.rows = new ListRows(format);
    this.elements = elements;
  }
  read(array) {
    this.rows.read(array);
    const { starts, lengths } = this.rows;
    const elements = this.elements.read(array.child(0));
    return new ListColumn(this.type, array.length, this.validity.read(array), starts, lengths, elements);
  }
};
var MapReader = class {
  type;
  rows = new ListRows("+m");
  keys;
  mapValues;
  validity = new ValidityReader();
  constructor(type, keys, mapValues) {
    this.type = type;
    this.keys = keys;
    this.mapValues = mapValues;
  }
  read(array) {
    this.rows.read(array);
    const { starts, lengths } = this.rows;
    const entries = array.child(0);
    const keys = this.keys.read(entries.child(0));
    const values = this.mapValues.read(entries.child(1));
    return new MapColumn(this.type, array.length, this.validity.read(array), starts, lengths, keys, values);
  }
};
var StructReader = class {
  type;
  positions;
  fields;
  validity = new ValidityReader();
  constructor(type, positions, fields) {
    this.type = type;
    this.positions = positions;
    this.fields = fields;
  }
  read(array) {
    const children = this.fields.map((field, k) => {
      if (field instanceof NullFill) return field.rows(array.length);
      return field.read(array.child(this.positions[k]));
    });
    return new StructColumn(this.type, array.length, this.validity.read(array), children);
  }
};
var NullFill = class {
  type;
  column;
  constructor(type) {
    this.type = type;
  }
  rows(count) {
    if (this.column?.length === count) return this.column;
    const builder = columnBuilder(this.type);
    for (let i = 0; i < count; i++) builder.appendNull();
    this.column = builder.finish();
    return this.column;
  }
};
var NothingReader = class {
  type;
  constructor(type) {
    this.type = type;
  }
  read(array) {
    return new NullColumn(this.type, array.length);
  }
};
var DictionaryReader = class {
  type;
  codes;
  values;
  constructor(type, codes, values) {
    this.type = type;
    this.codes = codes;
    this.values = values;
  }
  read(array) {
    const codes = this.codes.read(array);
    const dictionary = this.values.read(array.dictionary);
    return new DictionaryColumn(this.type, array.length, codes.validity, codes.values, dictionary);
  }
};

// packages/format-parquet/src/errors.ts
function typeMismatch(path2, column, expected, actual) {
  return new StreamError({
    condition: "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
    sqlState: "KD001",
    parameters: {
      path: path2,
      column: `[${column}]`,
      expectedType: sqlText(expected).toLowerCase(),
      actualType: actual
    },
    message: `Encountered error while reading file ${path2}. Data type mismatches when reading Parquet column ${column}. Expected type: ${sqlText(expected)}, actual type: ${actual}. Correct the schema, or cast after reading.`
  });
}
function badFooter(path2, cause) {
  return new StreamError({
    condition: "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER",
    sqlState: "KD001",
    parameters: { path: path2 },
    message: `Encountered error while reading file ${path2}. Could not read footer: ${reasonOf(cause)}. Please ensure that the file is in Parquet format; to skip damaged files set ignoreCorruptFiles to true.`,
    cause
  });
}
function badData(path2, cause) {
  return new StreamError({
    condition: "FAILED_READ_FILE.NO_HINT",
    sqlState: "KD001",
    parameters: { path: path2 },
    message: `Encountered error while reading file ${path2}: ${reasonOf(cause)}`,
    cause
  });
}
function badColumn(path2, column, rowGroup2, cause) {
  const place = column === void 0 ? `row group ${rowGroup2}` : `column \`${column}\`, row group ${rowGroup2}`;
  return new StreamError({
    condition: "FAILED_READ_FILE.NO_HINT",
    sqlState: "KD001",
    parameters: { path: path2, ...column === void 0 ? {} : { column } },
    message: `Encountered error while reading file ${path2}, ${place}: ${reasonOf(cause)}`,
    cause
  });
}
function cannotMerge(left, right) {
  return new StreamError({
    condition: "CANNOT_MERGE_SCHEMAS",
    sqlState: "42KD9",
    parameters: { left, right },
    message: `Failed merging schemas: ${left} and ${right}. Read the files apart, or give a schema.`
  });
}
function reasonOf(cause) {
  return StreamError.reasonOf(cause);
}

// packages/format-parquet/src/direct/codecs.ts
import * as zlib from "node:zlib";

// packages/format-parquet/src/direct/parquet-fault.ts
var ParquetFault = class extends Error {
  name = "ParquetFault";
};

// packages/format-parquet/src/direct/lz4.ts
function decompressLz4(source, start, end, target, at, size) {
  const limit = at + size;
  let s = start;
  let d = at;
  while (s < end) {
    const token = source[s++];
    let literals = token >> 4;
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = next(source, s++, end);
    if (literals > end - s || literals > limit - d) throw wrongSize();
    if (literals > 32) target.set(source.subarray(s, s + literals), d);
    else for (let k = 0; k < literals; k++) target[d + k] = source[s + k];
    s += literals;
    d += literals;
    if (s >= end) break;
    const offset = next(source, s, end) | next(source, s + 1, end) << 8;
    s += 2;
    let length = (token & 15) + 4;
    if (length === 19) for (let more = 255; more === 255; length += more) more = next(source, s++, end);
    if (offset === 0 || offset > d - at) throw new ParquetFault("LZ4 data refers to bytes before its start");
    if (length > limit - d) throw wrongSize();
    if (length > 32 && offset >= length) target.copyWithin(d, d - offset, d - offset + length);
    else for (let k = 0; k < length; k++) target[d + k] = target[d - offset + k];
    d += length;
  }
  if (d !== limit) throw wrongSize();
}
function next(source, s, end) {
  if (s >= end) throw new ParquetFault("LZ4 data ends too early");
  return source[s];
}
function wrongSize() {
  return new ParquetFault("LZ4 data has another size than its page says");
}

// packages/format-parquet/src/direct/generated/snappy-wasm.ts
var WASM_BASE64 = "AGFzbQEAAAABDQJgBH9/f38Bf2AAAX8DAwIAAQUDAQABBx4DCGhlYXBCYXNlAAEGc25hcHB5AAAGbWVtb3J5AgAKmgUCkQUBBn8gACEEIAIiBSADaiEIA0AgASAESwRAIARBAWohAyAELQAAIgZBAnZBAWohCSAGQQNxIgBFBEAgCUE8SwRAIAlBPGsiBCABIANrSwRAQQEPCyAEQQRGBH9BfwVBASAEQQN0dEEBawsgAygCAHEiAEF/RgRAQQIPCyAAQQFqIQkgAyAEaiEDCyAJIAEgA2tLBEBBAQ8LIAggBWsgCUkEQEECDwsgCUHAAE0EQCAFIAP9AAQA/QsEAEEQIQADQCAAIAlJBEAgACAFaiAAIANq/QAEAP0LBAAgAEEQaiEADAELCwUgBSADIAn8CgAACyADIAlqIQQgBSAJaiEFDAILIABBAUYEfyABIANGBEBBAQ8LIAZBAnZBB3FBBGohCSADQQFqIQQgAy0AACAGQQV2QQh0cgUgAEECRgR/IAEgA2tBAkkEQEEBDwsgA0ECaiEEIAMvAQAFIAEgA2tBBEkEQEEBDwsgA0EEaiEEIAMoAgALCyIDRSADIAUgAmtLcgRAQQMPCyAIIAVrIAlJBEBBAg8LIAUgA2shByADQRBPBEAgBSAH/QAEAP0LBABBECEAA0AgACAJSQRAIAAgBWogACAHav0ABAD9CwQAIABBEGohAAwBCwsFIANBCE8EQEEAIQADQCAAIAlJBEAgACAFaiAAIAdqKQMANwMAIABBCGohAAwBCwsFIAMhAANAIABBCEkEQCAAIANqIQAMAQsLIAAgCSAAIAlJGyEGQQAhAwNAIAMgBkkEQCADIAVqIAMgB2otAAA6AAAgA0EBaiEDDAELCyAAIQMDQCADIAlJBEAgAyAFaiIGIAYgAGspAwA3AwAgA0EIaiEDDAELCwsLIAUgCWohBQwBCwsgBSAIRwsFAEGACAs=";

// packages/format-parquet/src/direct/snappy.ts
function decompressElements(source, start, end, target, at, size) {
  const words = new DataView(target.buffer, target.byteOffset, target.length);
  const input = new DataView(source.buffer, source.byteOffset, source.length);
  const inputWords = source.length - 4;
  let s = start;
  let d = at;
  const limit = at + size;
  while (s < end) {
    const tag = source[s++];
    let length;
    let offset;
    switch (tag & 3) {
      case 0: {
        length = (tag >> 2) + 1;
        if (length > 60) {
          const bytes = length - 60;
          if (bytes > end - s) throw tooShort();
          length = source[s];
          if (bytes > 1) length |= source[s + 1] << 8;
          if (bytes > 2) length |= source[s + 2] << 16;
          if (bytes > 3) length |= source[s + 3] << 24;
          length = (length >>> 0) + 1;
          s += bytes;
        }
        if (length > end - s) throw tooShort();
        if (length > limit - d) throw tooLong();
        if (length > 64 || s + length > inputWords) target.set(source.subarray(s, s + length), d);
        else for (let k = 0; k < length; k += 4) words.setInt32(d + k, input.getInt32(s + k, true), true);
        d += length;
        s += length;
        continue;
      }
      case 1:
        if (s >= end) throw tooShort();
        length = (tag >> 2 & 7) + 4;
        offset = tag >> 5 << 8 | source[s++];
        break;
      case 2:
        if (end - s < 2) throw tooShort();
        length = (tag >> 2) + 1;
        offset = source[s] | source[s + 1] << 8;
        s += 2;
        break;
      default:
        if (end - s < 4) throw tooShort();
        length = (tag >> 2) + 1;
        offset = input.getUint32(s, true);
        s += 4;
    }
    if (offset === 0 || offset > d - at) throw new ParquetFault("snappy data refers to bytes before its start");
    if (length > limit - d) throw tooLong();
    let from = d - offset;
    const to = d + length;
    if (offset < 4) {
      for (let k = offset === 3 ? 3 : 4; k > 0; k--) target[d++] = target[from++];
      from -= offset === 3 ? 3 : 4;
    }
    for (; d < to; d += 4, from += 4) words.setInt32(d, words.getInt32(from, true), true);
    d = to;
  }
  if (d !== limit) throw tooShort();
}
function snappyStart(source, start, end, size) {
  let length = 0;
  for (let i = 0; i < 5 && start + i < end; i++) {
    const byte = source[start + i];
    length += (byte & 127) * 2 ** (7 * i);
    if (byte >= 128) continue;
    if (length !== size) throw new ParquetFault(`snappy data of ${length} bytes stands where ${size} are expected`);
    return start + i + 1;
  }
  throw new ParquetFault("snappy data has no proper head");
}
function tooShort() {
  return new ParquetFault("snappy data ends too early");
}
function tooLong() {
  return new ParquetFault("snappy data is longer than its head says");
}

// packages/format-parquet/src/direct/snappy-module.ts
var PAGE_BYTES = 65536;
var SLACK = 128;
var MAX_BYTES = 16 << 20;
var FAULTS = {
  1: "snappy data ends too early",
  2: "snappy data is longer than its head says",
  3: "snappy data refers to bytes before its start"
};
var loaded;
function snappyModule() {
  if (loaded === void 0) {
    const wasm = globalThis.WebAssembly;
    const module = new wasm.Module(Buffer.from(WASM_BASE64, "base64"));
    loaded = new wasm.Instance(module).exports;
  }
  return loaded;
}
function decompressSnappy(source, start, end, target, at, size) {
  const elements = snappyStart(source, start, end, size);
  if (end - elements >= size || size > MAX_BYTES) {
    decompressElements(source, elements, end, target, at, size);
    return;
  }
  const exports = snappyModule();
  const input = exports.heapBase() + 15 & ~15;
  const inputEnd = input + end - elements;
  const output = inputEnd + SLACK & ~15;
  const memory = bytesOf(exports, output + size + SLACK);
  memory.set(source.subarray(elements, end), input);
  const code = exports.snappy(input, inputEnd, output, size);
  if (code !== 0) throw new ParquetFault(FAULTS[code]);
  target.set(memory.subarray(output, output + size), at);
}
function bytesOf({ memory }, size) {
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return new Uint8Array(memory.buffer);
}

// packages/format-parquet/src/direct/codecs.ts
var zstd = Reflect.get(zlib, "zstdDecompressSync");
function codecOf(number) {
  return CODECS[number];
}
var CODECS = {
  0: null,
  1: { name: "snappy", decompress: decompressSnappy, maxRatio: 32 },
  2: { name: "gzip", decompress: viaZlib("gzip", zlib.unzipSync), maxRatio: 1032 },
  4: { name: "brotli", decompress: viaZlib("brotli", zlib.brotliDecompressSync), maxRatio: 1e6 },
  7: { name: "lz4_raw", decompress: decompressLz4, maxRatio: 256 },
  ...typeof zstd === "function" ? { 6: { name: "zstd", decompress: viaZlib("zstd", zstd), maxRatio: 1e6 } } : {}
};
function viaZlib(name, call) {
  return (source, start, end, target, at, size) => {
    let bytes;
    try {
      bytes = call(source.subarray(start, end), { maxOutputLength: size + 1 });
    } catch (cause) {
      throw new ParquetFault(`${name} data is damaged: ${cause.message}`);
    }
    if (bytes.length !== size)
      throw new ParquetFault(`${name} data of ${bytes.length} bytes stands where ${size} are expected`);
    target.set(bytes, at);
  };
}

// packages/format-parquet/src/direct/level-reader.ts
var LevelReader = class {
  bytes = new Uint8Array(0);
  position = 0;
  end = 0;
  runLeft = 0;
  isRepeated = false;
  repeated = 0;
  bit = 0;
  /** Begins with runs in `bytes[start .. end)`. */
  start(bytes, start, end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.runLeft = 0;
  }
  /** Begins with rows that all have a value. */
  startFull() {
    this.isRepeated = true;
    this.repeated = 1;
    this.runLeft = 2 ** 31;
  }
  /** Begins with bits in the old order, from the highest to the lowest of each byte. */
  startOld(bytes, start, count) {
    this.bytes = Uint8Array.from(bytes.subarray(start, start + (count + 7 >> 3) + 1), (byte) => {
      let turned = 0;
      for (let k = 0; k < 8; k++) turned |= (byte >> k & 1) << 7 - k;
      return turned;
    });
    this.position = 0;
    this.end = 0;
    this.isRepeated = false;
    this.bit = 0;
    this.runLeft = count;
  }
  /** Writes `count` bits from bit `at` of `target`, which needs a byte beyond them; returns how many are set. */
  read(count, target, at) {
    let ones = 0;
    for (let left = count; left > 0; ) {
      while (this.runLeft === 0) this.nextRun();
      const n = Math.min(left, this.runLeft);
      if (this.isRepeated) {
        fillBits(target, at, n, this.repeated);
        if (this.repeated === 1) ones += n;
      } else {
        ones += copyBits(this.bytes, this.bit, target, at, n);
        this.bit += n;
      }
      this.runLeft -= n;
      left -= n;
      at += n;
    }
    return ones;
  }
  /** Every run takes bytes, also one of no rows. */
  nextRun() {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.position >= this.end || shift > 28) throw tooShort2();
      const byte = this.bytes[this.position++];
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const count = Math.floor(head / 2);
    this.isRepeated = head % 2 === 0;
    if (this.isRepeated) {
      if (this.position >= this.end) throw tooShort2();
      this.repeated = this.bytes[this.position++];
      if (this.repeated > 1) throw new ParquetFault(`the level ${this.repeated} is above the highest, 1`);
      this.runLeft = count;
    } else {
      const available = (this.end - this.position) * 8;
      if (available === 0) throw tooShort2();
      this.bit = this.position * 8;
      this.runLeft = Math.min(count * 8, available);
      this.position = Math.min(this.end, this.position + count);
    }
  }
};
function tooShort2() {
  return new ParquetFault("its levels end too early");
}
function fillBits(target, at, count, value) {
  const byte = at >> 3;
  const shift = at & 7;
  const filling = value === 1 ? 255 : 0;
  target[byte] = target[byte] & (1 << shift) - 1 | filling << shift & 255;
  target.fill(filling, byte + 1, at + count + 7 >> 3);
}
function copyBits(source, from, target, at, count) {
  const up = at & 7;
  const down = from % 8;
  const keep = (1 << up) - 1;
  let s = Math.floor(from / 8);
  let t = at >> 3;
  let ones = 0;
  for (let left = count; left > 0; left -= 8) {
    let bits = (source[s] | source[s + 1] << 8) >> down & 255;
    if (left < 8) bits &= (1 << left) - 1;
    ones += ONES[bits];
    target[t] = target[t] & keep | bits << up & 255;
    target[t + 1] = bits >> 8 - up;
    s++;
    t++;
  }
  return ones;
}
var ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let bits = byte; bits !== 0; bits >>= 1) ones += bits & 1;
  return ones;
});

// packages/format-parquet/src/direct/thrift-reader.ts
var THRIFT = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12
};
var MAX_DEPTH = 64;
var TWO_TO_THE_32 = 2 ** 32;
var ThriftReader = class {
  position;
  bytes;
  end;
  depth = 0;
  constructor(bytes, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }
  /** Hands each field of a struct to `visit`, which reads its value. */
  struct(visit) {
    if (++this.depth > MAX_DEPTH) throw new ParquetFault("its metadata is nested too deeply");
    let field = 0;
    for (; ; ) {
      const head = this.byte();
      if (head === 0) break;
      const delta = head >> 4;
      field = delta === 0 ? this.number() : field + delta;
      visit(field, head & 15);
    }
    this.depth--;
  }
  /** Reads a list of values of one wire type. */
  list(type, elementType, element) {
    expectType(type, THRIFT.list);
    const head = this.byte();
    const size = this.size(head >> 4 === 15 ? this.unsigned() : head >> 4);
    if (size > 0) expectType(head & 15, elementType);
    const elements = [];
    for (let i = 0; i < size; i++) elements.push(element());
    return elements;
  }
  /** A whole number of any width, which fits into 53 bits. */
  integer(type) {
    if (type === THRIFT.byte) return this.byte() << 24 >> 24;
    if (type < THRIFT.i16 || type > THRIFT.i64) throw badType(type);
    return this.number();
  }
  boolean(type) {
    if (type !== THRIFT.true && type !== THRIFT.false) throw badType(type);
    return type === THRIFT.true;
  }
  /** Bytes, as a view. */
  binary(type) {
    expectType(type, THRIFT.binary);
    const length = this.size(this.unsigned());
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }
  text(type) {
    return Buffer.from(this.binary(type)).toString("utf8");
  }
  /** Reads past a value of any type. */
  skip(type) {
    switch (type) {
      case THRIFT.true:
      case THRIFT.false:
        return;
      case THRIFT.byte:
        this.byte();
        return;
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        this.skipVarint();
        return;
      case THRIFT.double:
        this.position += this.size(8);
        return;
      case THRIFT.binary:
        this.binary(type);
        return;
      case THRIFT.list:
      case THRIFT.set:
        this.skipList();
        return;
      case THRIFT.map:
        this.skipMap();
        return;
      case THRIFT.struct:
        this.struct((_, fieldType) => this.skip(fieldType));
        return;
      default:
        throw badType(type);
    }
  }
  skipList() {
    const head = this.byte();
    const size = this.size(head >> 4 === 15 ? this.unsigned() : head >> 4);
    for (let i = 0; i < size; i++) this.skipElement(head & 15);
  }
  skipMap() {
    const size = this.size(this.unsigned());
    if (size === 0) return;
    const types = this.byte();
    for (let i = 0; i < size; i++) {
      this.skipElement(types >> 4);
      this.skipElement(types & 15);
    }
  }
  /** In lists and maps a truth value is a byte of its own; in structs it is the type. */
  skipElement(type) {
    if (++this.depth > MAX_DEPTH) throw new ParquetFault("its metadata is nested too deeply");
    if (type === THRIFT.true || type === THRIFT.false) this.byte();
    else this.skip(type);
    this.depth--;
  }
  byte() {
    if (this.position >= this.end) throw new ParquetFault("its metadata ends too early");
    return this.bytes[this.position++];
  }
  /** A length or count, each unit of which takes at least one of the bytes that remain. */
  size(size) {
    if (size > this.end - this.position) throw new ParquetFault("its metadata ends too early");
    return size;
  }
  unsigned() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new ParquetFault("its metadata holds a length that is too large");
  }
  skipVarint() {
    for (let i = 0; i < 10; i++) if (this.byte() < 128) return;
    throw new ParquetFault("its metadata holds a number that is too long");
  }
  /** A zigzag varint. */
  number() {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      const bits = byte & 127;
      const shift = 7 * i;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << shift - 32;
      if (byte < 128) return unzigzag(low >>> 0, high >>> 0);
    }
    throw new ParquetFault("its metadata holds a number that is too long");
  }
};
function unzigzag(low, high) {
  const value = (high >>> 1) * TWO_TO_THE_32 + ((high << 31 | low >>> 1) >>> 0);
  const signed = (low & 1) === 0 ? value : -value - 1;
  if (!Number.isSafeInteger(signed)) throw new ParquetFault("its metadata holds a number that is too large");
  return signed;
}
function expectType(type, expected) {
  const isTruth = expected === THRIFT.true && type === THRIFT.false;
  if (type !== expected && !isTruth) throw badType(type);
}
function badType(type) {
  return new ParquetFault(`its metadata holds a field of another type than expected (${type})`);
}

// packages/format-parquet/src/direct/page-header.ts
var PAGE = { data: 0, index: 1, dictionary: 2, dataV2: 3 };
function readPageHeader(bytes, start, end) {
  const t = new ThriftReader(bytes, start, end);
  const header = {
    type: -1,
    size: -1,
    uncompressedSize: -1,
    valueCount: -1,
    encoding: -1,
    headerSize: 0,
    levelEncoding: 3,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true
  };
  t.struct((field, type) => {
    if (field === 1) header.type = t.integer(type);
    else if (field === 2) header.uncompressedSize = t.integer(type);
    else if (field === 3) header.size = t.integer(type);
    else if (field === 5) dataPage(t, header);
    else if (field === 7) dictionaryPage(t, header);
    else if (field === 8) dataPageV2(t, header);
    else t.skip(type);
  });
  header.headerSize = t.position - start;
  checkHeader(header);
  return header;
}
function dataPage(t, header) {
  t.struct((field, type) => {
    if (field === 1) header.valueCount = t.integer(type);
    else if (field === 2) header.encoding = t.integer(type);
    else if (field === 3) header.levelEncoding = t.integer(type);
    else t.skip(type);
  });
}
function dictionaryPage(t, header) {
  t.struct((field, type) => {
    if (field === 1) header.valueCount = t.integer(type);
    else if (field === 2) header.encoding = t.integer(type);
    else t.skip(type);
  });
}
function dataPageV2(t, header) {
  t.struct((field, type) => {
    if (field === 1) header.valueCount = t.integer(type);
    else if (field === 4) header.encoding = t.integer(type);
    else if (field === 5) header.definitionBytes = t.integer(type);
    else if (field === 6) header.repetitionBytes = t.integer(type);
    else if (field === 7) header.isCompressed = t.boolean(type);
    else t.skip(type);
  });
}
function checkHeader(header) {
  const { type, size, uncompressedSize, valueCount, definitionBytes, repetitionBytes } = header;
  if (type < 0 || size < 0 || uncompressedSize < 0) throw new ParquetFault("a page has no proper header");
  if (type === PAGE.index) return;
  const levels = definitionBytes + repetitionBytes;
  const isPlausible = valueCount >= 0 && valueCount < 2 ** 31 && definitionBytes >= 0 && repetitionBytes >= 0 && levels <= size;
  if (!isPlausible || levels > uncompressedSize) throw new ParquetFault("a page has no proper header");
}

// packages/format-parquet/src/direct/chunk-window.ts
var SLACK2 = 16;
var ChunkWindow = class {
  bytes = new Uint8Array(SLACK2);
  /** Where the next byte lies in `bytes`. */
  position = 0;
  end = 0;
  file;
  fileStart = 0;
  /** Bytes of the chunk that are not in the window yet. */
  unread = 0;
  step;
  /** Reads `step` bytes at a time. */
  constructor(step) {
    this.step = step;
  }
  /** Begins with bytes `start .. start + size)` of a file. */
  start(file, start, size) {
    this.file = file;
    this.fileStart = start;
    this.unread = size;
    this.position = 0;
    this.end = 0;
  }
  /** Bytes of the chunk from the position on. */
  get remaining() {
    return this.end - this.position + this.unread;
  }
  /** Bytes that are in the window from the position on. */
  get available() {
    return this.end - this.position;
  }
  /** Brings the next `count` bytes into the window; views of earlier bytes are void afterwards. */
  async require(count) {
    if (count <= this.available) return;
    if (count > this.remaining) throw new ParquetFault("a page reaches beyond the end of its column");
    const kept = this.available;
    const length = Math.min(this.remaining, Math.max(count, this.step));
    if (length + SLACK2 > this.bytes.length) {
      const bytes = new Uint8Array(length + SLACK2);
      bytes.set(this.bytes.subarray(this.position, this.end));
      this.bytes = bytes;
    } else this.bytes.copyWithin(0, this.position, this.end);
    this.position = 0;
    this.end = kept;
    await this.file.read(this.fileStart, this.bytes, kept, length - kept);
    this.fileStart += length - kept;
    this.unread -= length - kept;
    this.end = length;
  }
};

// packages/format-parquet/src/direct/page-reader.ts
var HEADER_BYTES = 4096;
var PageReader = class {
  window;
  codec = null;
  buffer = new Uint8Array(SLACK2);
  constructor(windowBytes) {
    this.window = new ChunkWindow(windowBytes);
  }
  /** Begins with a chunk. */
  start(file, start, size, codec) {
    this.window.start(file, start, size);
    this.codec = codec;
  }
  /** The next page that holds values or a dictionary. */
  async next() {
    for (; ; ) {
      const header = await this.header();
      await this.window.require(header.size);
      const { bytes, position } = this.window;
      this.window.position += header.size;
      if (header.type === PAGE.index) continue;
      return this.decompressed(header, bytes, position);
    }
  }
  async header() {
    const { window } = this;
    if (window.remaining === 0) throw new ParquetFault("its pages hold fewer rows than the row group");
    for (let wanted2 = HEADER_BYTES; ; wanted2 *= 8) {
      await window.require(Math.min(wanted2, window.remaining));
      try {
        const header = readPageHeader(window.bytes, window.position, window.position + window.available);
        window.position += header.headerSize;
        return header;
      } catch (error) {
        if (!(error instanceof ParquetFault) || window.available === window.remaining) throw error;
      }
    }
  }
  decompressed(header, bytes, position) {
    const levels = header.type === PAGE.dataV2 ? header.definitionBytes + header.repetitionBytes : 0;
    const { codec } = this;
    const isDictionary = header.type === PAGE.dictionary;
    const isPlain = codec === null || header.type === PAGE.dataV2 && !header.isCompressed;
    if (isPlain) {
      const end = position + header.size;
      if (!isDictionary) return { header, bytes, start: position, end };
      const kept = new Uint8Array(header.size + SLACK2);
      kept.set(bytes.subarray(position, end));
      return { header, bytes: kept, start: 0, end: header.size };
    }
    const { uncompressedSize, size } = header;
    if (uncompressedSize - levels > (size - levels) * codec.maxRatio + 64)
      throw new ParquetFault(`a page of ${size} bytes cannot hold ${uncompressedSize} after decompression`);
    const target = isDictionary ? new Uint8Array(uncompressedSize + SLACK2) : this.reserve(uncompressedSize);
    target.set(bytes.subarray(position, position + levels));
    if (uncompressedSize > levels)
      codec.decompress(
        bytes,
        position + levels,
        position + size,
        target,
        levels,
        uncompressedSize - levels
      );
    return { header, bytes: target, start: 0, end: uncompressedSize };
  }
  reserve(size) {
    if (this.buffer.length < size + SLACK2)
      this.buffer = new Uint8Array(Math.max(size, Math.min(this.buffer.length * 2, 1 << 20)) + SLACK2);
    return this.buffer;
  }
};

// packages/format-parquet/src/direct/values.ts
var ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  bitPacked: 4,
  delta: 5,
  deltaLength: 6,
  dictionary: 8
};
function valuesTooShort() {
  return new ParquetFault("its values end too early");
}
function unknownEncoding(encoding) {
  return new ParquetFault(`a page has the encoding ${encoding}, which its values cannot have`);
}
function isDictionaryEncoding(encoding) {
  return encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary;
}
function spreadWords(words, at, rows, present, validity) {
  let from = at + present - 1;
  for (let i = at + rows - 1; i > from; i--) {
    if ((validity[i >> 3] & 1 << (i & 7)) !== 0) words[i] = words[from--];
  }
}
function spreadWide(words, width, at, rows, present, validity) {
  let from = at + present - 1;
  for (let i = at + rows - 1; i > from; i--) {
    if ((validity[i >> 3] & 1 << (i & 7)) === 0) continue;
    for (let k = 0; k < width; k++) words[i * width + k] = words[from * width + k];
    from--;
  }
}

// packages/format-parquet/src/direct/column-reader.ts
var ColumnReader = class {
  values;
  isOptional;
  pages;
  levels = new LevelReader();
  validity;
  pageRows = 0;
  chunkRows = 0;
  /** Batches have at most `rows` rows; the file is read in steps of `windowBytes`. */
  constructor(values, isOptional2, rows, windowBytes) {
    this.values = values;
    this.isOptional = isOptional2;
    this.pages = new PageReader(windowBytes);
    this.validity = new Uint8Array((rows + 7 >> 3) + 2);
  }
  /** Begins with the column's values in a row group. */
  start(file, chunk, codec) {
    this.pages.start(file, chunk.start, chunk.size, codec);
    this.values.startChunk();
    this.pageRows = 0;
    this.chunkRows = chunk.valueCount;
  }
  /** The next rows; the column is valid until the next call. */
  async read(rows) {
    const { values, levels, validity } = this;
    let done = 0;
    let present = 0;
    values.begin();
    while (done < rows) {
      if (this.pageRows === 0) {
        values.leavePage();
        await this.nextPage();
      }
      const n = Math.min(rows - done, this.pageRows);
      const ones = levels.read(n, validity, done);
      values.take(done, n, ones, validity);
      this.pageRows -= n;
      done += n;
      present += ones;
    }
    return values.column(rows, present === rows ? null : validity);
  }
  async nextPage() {
    while (this.pageRows === 0) {
      const page = await this.pages.next();
      if (page.header.type === PAGE.dictionary) this.values.setDictionary(page);
      else if (page.header.type === PAGE.data) this.startData(page);
      else if (page.header.type === PAGE.dataV2) this.startDataV2(page);
    }
    this.chunkRows -= this.pageRows;
    if (this.chunkRows < 0) throw new ParquetFault("its pages hold more rows than the row group");
  }
  startData({ header, bytes, start, end }) {
    const levelEnd = this.isOptional ? this.startLevels(header, bytes, start, end) : start;
    if (!this.isOptional) this.levels.startFull();
    this.values.startPage(header.encoding, bytes, levelEnd, end);
    this.pageRows = header.valueCount;
  }
  startLevels(header, bytes, start, end) {
    if (header.levelEncoding === BIT_PACKED) {
      const size2 = header.valueCount + 7 >> 3;
      if (size2 > end - start) throw valuesTooShort();
      this.levels.startOld(bytes, start, header.valueCount);
      return start + size2;
    }
    if (header.levelEncoding !== RLE)
      throw new ParquetFault(`a page has levels of the unknown encoding ${header.levelEncoding}`);
    if (end - start < 4) throw valuesTooShort();
    const size = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
    if (size > end - start - 4) throw new ParquetFault("its levels reach beyond the end of their page");
    this.levels.start(bytes, start + 4, start + 4 + size);
    return start + 4 + size;
  }
  startDataV2({ header, bytes, start, end }) {
    const levelStart = start + header.repetitionBytes;
    const levelEnd = levelStart + header.definitionBytes;
    if (levelEnd > end) throw new ParquetFault("its levels reach beyond the end of their page");
    if (this.isOptional) this.levels.start(bytes, levelStart, levelEnd);
    else this.levels.startFull();
    this.values.startPage(header.encoding, bytes, levelEnd, end);
    this.pageRows = header.valueCount;
  }
};
var RLE = 3;
var BIT_PACKED = 4;

// packages/format-parquet/src/direct/hybrid-reader.ts
var HybridReader = class {
  bytes = new Uint8Array(0);
  position = 0;
  end = 0;
  width = 0;
  limit = 0;
  runLeft = 0;
  isRepeated = false;
  repeated = 0;
  /** Bit at which the next packed value begins. */
  bit = 0;
  /** Begins with `bytes[start .. end)`; every value has to be below `limit`. */
  start(bytes, start, end, width, limit) {
    if (width > 32) throw new ParquetFault(`values of ${width} bits cannot be`);
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.width = width;
    this.limit = limit;
    this.runLeft = 0;
  }
  /** Reads `count` values to `target[at ..]`. */
  read(count, target, at) {
    for (let left = count; left > 0; ) {
      while (this.runLeft === 0) this.nextRun();
      const n = Math.min(left, this.runLeft);
      if (this.isRepeated) target.fill(this.repeated, at, at + n);
      else this.unpack(n, target, at);
      this.runLeft -= n;
      left -= n;
      at += n;
    }
  }
  /** Every run takes bytes, also one of no values. */
  nextRun() {
    const { width } = this;
    if (width === 0) {
      this.setRepeated(0, 2 ** 31);
      return;
    }
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.position >= this.end || shift > 28) throw new ParquetFault("its values end too early");
      const byte = this.bytes[this.position++];
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const count = Math.floor(head / 2);
    if (head % 2 === 0) this.startRepeated(count);
    else this.startPacked(count * 8);
  }
  startRepeated(count) {
    const size = this.width + 7 >> 3;
    if (size > this.end - this.position) throw new ParquetFault("its values end too early");
    let value = 0;
    for (let k = 0; k < size; k++) value |= this.bytes[this.position + k] << 8 * k;
    this.position += size;
    this.setRepeated(value >>> 0, count);
  }
  setRepeated(value, count) {
    if (value >= this.limit) throw outside(value, this.limit);
    this.isRepeated = true;
    this.repeated = value;
    this.runLeft = count;
  }
  startPacked(count) {
    const available = Math.floor((this.end - this.position) * 8 / this.width);
    if (available === 0) throw new ParquetFault("its values end too early");
    this.isRepeated = false;
    this.bit = this.position * 8;
    this.runLeft = Math.min(count, available);
    this.position = Math.min(this.end, this.position + (count >> 3) * this.width);
  }
  unpack(count, target, at) {
    const { bytes, width } = this;
    if (width <= 8) unpackBytes(bytes, this.bit, width, count, target, at);
    else if (width <= 16) unpackShorts(bytes, this.bit, width, count, target, at);
    else unpackWords(bytes, this.bit, width, count, target, at);
    this.bit += count * width;
    if (width === 32 || 2 ** width > this.limit) this.check(target, at, at + count);
  }
  check(target, from, to) {
    const { limit } = this;
    for (let i = from; i < to; i++) if (target[i] >>> 0 >= limit) throw outside(target[i] >>> 0, limit);
  }
};
function outside(value, limit) {
  return new ParquetFault(`the index ${value} lies outside the dictionary of ${limit} values`);
}
function unpackBytes(bytes, bit, width, count, target, at) {
  const mask = (1 << width) - 1;
  let p = Math.floor(bit / 8);
  let shift = bit % 8;
  for (let i = 0; i < count; i++) {
    target[at + i] = (bytes[p] | bytes[p + 1] << 8) >> shift & mask;
    shift += width;
    p += shift >> 3;
    shift &= 7;
  }
}
function unpackShorts(bytes, bit, width, count, target, at) {
  const mask = (1 << width) - 1;
  let p = Math.floor(bit / 8);
  let shift = bit % 8;
  for (let i = 0; i < count; i++) {
    target[at + i] = (bytes[p] | bytes[p + 1] << 8 | bytes[p + 2] << 16) >> shift & mask;
    shift += width;
    p += shift >> 3;
    shift &= 7;
  }
}
function unpackWords(bytes, bit, width, count, target, at) {
  let p = Math.floor(bit / 8);
  let shift = bit % 8;
  for (let i = 0; i < count; i++) {
    target[at + i] = wordAt(bytes, p, shift, width);
    shift += width;
    p += shift >> 3;
    shift &= 7;
  }
}
function wordAt(bytes, p, shift, width) {
  let word = (bytes[p] | bytes[p + 1] << 8 | bytes[p + 2] << 16 | bytes[p + 3] << 24) >>> shift;
  if (shift + width > 32) word |= bytes[p + 4] << 32 - shift;
  return width === 32 ? word | 0 : word & (1 << width) - 1;
}

// packages/format-parquet/src/direct/boolean-values.ts
var BooleanValues = class {
  encodings = [ENCODING.plain, ENCODING.rle];
  type;
  values;
  runs = new HybridReader();
  unpacked;
  isPlain = true;
  bytes = new Uint8Array(0);
  bit = 0;
  end = 0;
  constructor(type, rows) {
    this.type = type;
    this.values = new Uint8Array(rows);
    this.unpacked = new Int32Array(rows);
  }
  startChunk() {
  }
  setDictionary() {
    throw new ParquetFault("truth values cannot have a dictionary");
  }
  startPage(encoding, bytes, start, end) {
    this.isPlain = encoding === ENCODING.plain;
    this.bytes = bytes;
    this.bit = start * 8;
    this.end = end * 8;
    if (this.isPlain) return;
    if (encoding !== ENCODING.rle) throw unknownEncoding(encoding);
    if (end - start < 4) throw valuesTooShort();
    const size = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
    if (size > end - start - 4) throw valuesTooShort();
    this.runs.start(bytes, start + 4, start + 4 + size, 1, 2);
  }
  begin() {
  }
  take(at, rows, present, validity) {
    const { values } = this;
    if (this.isPlain) this.takeBits(at, present);
    else {
      this.runs.read(present, this.unpacked, 0);
      for (let i = 0; i < present; i++) values[at + i] = this.unpacked[i];
    }
    let from = at + present - 1;
    for (let i = at + rows - 1; i > from; i--) {
      if ((validity[i >> 3] & 1 << (i & 7)) !== 0) values[i] = values[from--];
    }
  }
  takeBits(at, present) {
    const { bytes, bit, values } = this;
    if (present > this.end - bit) throw valuesTooShort();
    const first = Math.floor(bit / 8);
    const shift = bit % 8;
    for (let i = 0; i < present; i++) values[at + i] = bytes[first + (shift + i >> 3)] >> (shift + i & 7) & 1;
    this.bit += present;
  }
  leavePage() {
  }
  column(rows, validity) {
    return new BooleanColumn(this.type, rows, validity, this.values);
  }
};

// packages/format-parquet/src/direct/delta-reader.ts
var DeltaReader = class {
  bytes = new Uint8Array(0);
  position = 0;
  end = 0;
  left = 0;
  isFirst = true;
  low = 0;
  high = 0;
  miniBlocks = 0;
  perMiniBlock = 0;
  miniBlock = 0;
  widths = 0;
  leastLow = 0;
  leastHigh = 0;
  valuesLeft = 0;
  width = 0;
  place = 0;
  shift = 0;
  readLow = 0;
  readHigh = 0;
  /** Numbers that are still to come. */
  get remaining() {
    return this.left;
  }
  /** Begins with no numbers. */
  startEmpty() {
    this.left = 0;
  }
  /** Passes over all numbers, of which none has been read, and returns the place behind them. */
  skip() {
    for (this.left--; this.left > 0; this.left -= this.perMiniBlock) this.nextMiniBlock();
    this.left = 0;
    return this.position;
  }
  /** Begins with `bytes[start .. end)`. */
  start(bytes, start, end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    const blockSize = this.unsigned();
    this.miniBlocks = this.unsigned();
    this.left = this.unsigned();
    this.signed();
    this.low = this.readLow;
    this.high = this.readHigh;
    this.isFirst = true;
    this.perMiniBlock = blockSize / this.miniBlocks;
    const isProper = this.perMiniBlock >= 8 && this.perMiniBlock % 8 === 0 && blockSize < 2 ** 28;
    if (!isProper) throw new ParquetFault("its differences are in blocks of an impossible size");
    this.miniBlock = this.miniBlocks;
    this.valuesLeft = 0;
  }
  /** Reads `count` numbers of one word or two to `target`, from word `at`. */
  read(count, target, at, words) {
    if (count > this.left) throw new ParquetFault("its values end too early");
    for (let i = 0; i < count; i++) {
      if (this.isFirst) this.isFirst = false;
      else this.step();
      target[at] = this.low;
      if (words === 2) target[at + 1] = this.high;
      at += words;
      this.left--;
    }
  }
  step() {
    if (this.valuesLeft === 0) this.nextMiniBlock();
    this.valuesLeft--;
    const { bytes, width, place, shift } = this;
    let low = this.leastLow;
    let high = this.leastHigh;
    if (width > 0) {
      const bits = wordAt(bytes, place, shift, Math.min(width, 32));
      const sum2 = (low >>> 0) + (bits >>> 0);
      low = sum2 | 0;
      if (width > 32) high += wordAt(bytes, place + 4, shift, width - 32);
      if (sum2 >= 2 ** 32) high++;
      const next2 = shift + width;
      this.place = place + (next2 >> 3);
      this.shift = next2 & 7;
    }
    const sum = (this.low >>> 0) + (low >>> 0);
    this.low = sum | 0;
    this.high = this.high + high + (sum >= 2 ** 32 ? 1 : 0) | 0;
  }
  nextMiniBlock() {
    if (this.miniBlock === this.miniBlocks) {
      this.signed();
      this.leastLow = this.readLow;
      this.leastHigh = this.readHigh;
      this.widths = this.position;
      if (this.miniBlocks > this.end - this.position) throw new ParquetFault("its values end too early");
      this.position += this.miniBlocks;
      this.miniBlock = 0;
    }
    this.width = this.bytes[this.widths + this.miniBlock++];
    if (this.width > 64) throw new ParquetFault(`differences of ${this.width} bits cannot be`);
    this.valuesLeft = this.perMiniBlock;
    this.place = this.position;
    this.shift = 0;
    const needed = Math.min(this.perMiniBlock, this.left) * this.width + 7 >> 3;
    if (needed > this.end - this.position) throw new ParquetFault("its values end too early");
    this.position = Math.min(this.end, this.position + this.perMiniBlock * this.width / 8);
  }
  unsigned() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new ParquetFault("its values have no proper head");
  }
  /** A zigzag number of 64 bits, to `readLow` and `readHigh`. */
  signed() {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position++];
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << shift - 32;
      if (byte >= 128) continue;
      const sign = -(low & 1);
      this.readLow = (low >>> 1 | high << 31) ^ sign;
      this.readHigh = high >>> 1 ^ sign;
      return;
    }
    throw new ParquetFault("its values have no proper head");
  }
};

// packages/format-parquet/src/direct/bytes-values.ts
var BytesValues = class {
  encodings;
  type;
  /** Bytes of every value, or 0 where each has its length in front. */
  fixedLength;
  starts;
  lengths;
  codes;
  codeReader = new HybridReader();
  deltas = new DeltaReader();
  dictionary;
  form = "page";
  data = new Uint8Array(0);
  copy = new Uint8Array(0);
  copied = 0;
  encoding = ENCODING.plain;
  bytes = new Uint8Array(0);
  position = 0;
  end = 0;
  /** What the batch has of the page: rows from here on, bytes from there on. */
  pageRow = 0;
  pageStart = 0;
  rows = 0;
  constructor(type, rows, fixedLength) {
    this.type = type;
    this.fixedLength = fixedLength;
    this.encodings = fixedLength === 0 ? [ENCODING.plain, ENCODING.deltaLength] : [ENCODING.plain];
    this.starts = new Int32Array(rows);
    this.lengths = new Int32Array(rows);
    this.codes = new Int32Array(rows);
  }
  startChunk() {
    this.dictionary = void 0;
  }
  setDictionary({ header, bytes, start, end }) {
    const { valueCount } = header;
    if (valueCount * (this.fixedLength || 4) > end - start) throw new ParquetFault("its dictionary is cut off");
    const starts = new Int32Array(valueCount);
    const lengths = new Int32Array(valueCount);
    if (this.fixedLength > 0) fixedViews(this.fixedLength, start, valueCount, starts, lengths, 0);
    else plainViews(bytes, start, end, valueCount, starts, lengths, 0);
    this.dictionary = new BytesColumn(this.type, valueCount, null, bytes, starts, lengths);
  }
  startPage(encoding, bytes, start, end) {
    this.encoding = encoding;
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.pageRow = this.rows;
    this.pageStart = start;
    if (encoding === ENCODING.plain) return;
    if (encoding === ENCODING.deltaLength && this.fixedLength === 0) {
      this.startDeltaLengths();
      return;
    }
    if (!isDictionaryEncoding(encoding)) throw unknownEncoding(encoding);
    if (this.dictionary === void 0) throw new ParquetFault("its values refer to a dictionary that is not there");
    if (end > start) this.codeReader.start(bytes, start + 1, end, bytes[start], this.dictionary.length);
  }
  /** All lengths come first, then all bytes. */
  startDeltaLengths() {
    const { bytes, position, end, deltas } = this;
    if (end === position) {
      deltas.startEmpty();
      return;
    }
    deltas.start(bytes, position, end);
    const start = deltas.skip();
    deltas.start(bytes, position, start);
    this.position = start;
    this.pageStart = start;
  }
  begin() {
    this.rows = 0;
    this.pageRow = 0;
    this.pageStart = this.position;
    this.form = isDictionaryEncoding(this.encoding) ? "codes" : "page";
    this.data = this.bytes;
    this.copied = 0;
  }
  take(at, rows, present, validity) {
    const isCoded = isDictionaryEncoding(this.encoding);
    if (at === 0) {
      this.form = isCoded ? "codes" : "page";
      this.data = this.bytes;
    } else if (this.form === "codes" && !isCoded) this.expand();
    if (isCoded) this.takeCodes(at, rows, present, validity);
    else this.takeViews(at, rows, present, validity);
    this.rows = at + rows;
  }
  takeCodes(at, rows, present, validity) {
    const { codes } = this;
    if (present > 0 && this.end === this.position) throw valuesTooShort();
    this.codeReader.read(present, codes, at);
    spreadWords(codes, at, rows, present, validity);
    if (present < rows) clearNulls(codes, at, rows, validity);
    if (this.form !== "codes") this.expandRows(at, at + rows);
  }
  takeViews(at, rows, present, validity) {
    const { starts, lengths } = this;
    this.position = this.views(at, present);
    if (present === rows) return;
    spreadWords(starts, at, rows, present, validity);
    spreadWords(lengths, at, rows, present, validity);
    clearNulls(starts, at, rows, validity);
    clearNulls(lengths, at, rows, validity);
  }
  views(at, present) {
    const { bytes, position, end, starts, lengths, fixedLength } = this;
    if (this.encoding === ENCODING.deltaLength) return this.deltaViews(at, present);
    if (fixedLength === 0) return plainViews(bytes, position, end, present, starts, lengths, at);
    if (fixedLength * present > end - position) throw valuesTooShort();
    return fixedViews(fixedLength, position, present, starts, lengths, at);
  }
  deltaViews(at, present) {
    const { deltas, end, starts, lengths } = this;
    let { position } = this;
    if (present === 0) return position;
    deltas.read(present, lengths, at, 1);
    for (let i = at; i < at + present; i++) {
      const length = lengths[i];
      if (length < 0 || length > end - position) throw valuesTooShort();
      starts[i] = position;
      position += length;
    }
    return position;
  }
  /** The writer has given its dictionary up: what the batch has as codes becomes views of a copy of the dictionary. */
  expand() {
    this.form = "copy";
    this.expandRows(0, this.rows);
  }
  expandRows(from, to) {
    const { codes, starts, lengths } = this;
    const dictionary = this.dictionary;
    if (dictionary.length === 0) {
      starts.fill(0, from, to);
      lengths.fill(0, from, to);
      return;
    }
    const last = dictionary.length - 1;
    const base = this.append(dictionary.data, 0, dictionary.starts[last] + dictionary.lengths[last]);
    for (let i = from; i < to; i++) {
      const code = codes[i];
      starts[i] = base + dictionary.starts[code];
      lengths[i] = dictionary.lengths[code];
    }
  }
  leavePage() {
    if (this.form === "codes" || isDictionaryEncoding(this.encoding) || this.rows === this.pageRow) return;
    if (this.form === "page") this.form = "copy";
    const { starts, pageRow, rows } = this;
    const shift = this.append(this.bytes, this.pageStart, this.position) - this.pageStart;
    for (let i = pageRow; i < rows; i++) starts[i] = starts[i] + shift;
  }
  /** Appends bytes to the copy and returns where they stand in it. */
  append(bytes, start, end) {
    const at = this.copied;
    const size = at + end - start;
    if (this.copy.length < size) {
      const grown = new Uint8Array(Math.max(size, this.copy.length * 2));
      grown.set(this.copy.subarray(0, at));
      this.copy = grown;
    }
    this.copy.set(bytes.subarray(start, end), at);
    this.copied = size;
    return at;
  }
  column(rows, validity) {
    const { type, starts, lengths } = this;
    if (this.form === "codes") return new DictionaryColumn(type, rows, validity, this.codes, this.dictionary);
    if (this.form === "page") return new BytesColumn(type, rows, validity, this.data, starts, lengths);
    this.leavePage();
    this.pageRow = this.rows;
    return new BytesColumn(type, rows, validity, this.copy, starts, lengths);
  }
};
function plainViews(bytes, position, end, count, starts, lengths, at) {
  for (let i = 0; i < count; i++) {
    const start = position + 4;
    if (start > end) throw valuesTooShort();
    const length = bytes[position] | bytes[position + 1] << 8 | bytes[position + 2] << 16 | bytes[position + 3] << 24;
    if (length < 0 || length > end - start) throw valuesTooShort();
    starts[at + i] = start;
    lengths[at + i] = length;
    position = start + length;
  }
  return position;
}
function fixedViews(length, position, count, starts, lengths, at) {
  for (let i = 0; i < count; i++) {
    starts[at + i] = position + i * length;
    lengths[at + i] = length;
  }
  return position + count * length;
}
function clearNulls(target, at, rows, validity) {
  for (let i = at; i < at + rows; i++) if ((validity[i >> 3] & 1 << (i & 7)) === 0) target[i] = 0;
}

// packages/format-parquet/src/direct/file-metadata.ts
var PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  byteArray: 6,
  fixed: 7
};
function readFileMetadata(bytes) {
  const t = new ThriftReader(bytes);
  let schema2;
  let rowGroups;
  const keyValues = /* @__PURE__ */ new Map();
  let hasTypeOrder = [];
  t.struct((field, type) => {
    if (field === 2) schema2 = t.list(type, THRIFT.struct, () => schemaElement(t));
    else if (field === 4) rowGroups = t.list(type, THRIFT.struct, () => rowGroup(t));
    else if (field === 5) t.list(type, THRIFT.struct, () => keyValue(t, keyValues));
    else if (field === 7) hasTypeOrder = t.list(type, THRIFT.struct, () => columnOrder(t));
    else t.skip(type);
  });
  if (schema2 === void 0 || schema2.length === 0) throw new ParquetFault("its footer has no schema");
  if (rowGroups === void 0) throw new ParquetFault("its footer has no row groups");
  return { schema: schema2, rowGroups, keyValues, hasTypeOrder };
}
function keyValue(t, into) {
  let key = "";
  let value = "";
  t.struct((field, type) => {
    if (field === 1) key = t.text(type);
    else if (field === 2) value = t.text(type);
    else t.skip(type);
  });
  into.set(key, value);
}
function columnOrder(t) {
  let isTypeOrder = false;
  t.struct((field, type) => {
    if (field === 1) isTypeOrder = true;
    t.skip(type);
  });
  return isTypeOrder;
}
function schemaElement(t) {
  let physical;
  let typeLength = 0;
  let repetition = 0;
  let name = "";
  let childCount = 0;
  let converted;
  let scale = 0;
  let precision = 0;
  let logical;
  t.struct((field, type) => {
    if (field === 1) physical = t.integer(type);
    else if (field === 2) typeLength = t.integer(type);
    else if (field === 3) repetition = t.integer(type);
    else if (field === 4) name = t.text(type);
    else if (field === 5) childCount = t.integer(type);
    else if (field === 6) converted = t.integer(type);
    else if (field === 7) scale = t.integer(type);
    else if (field === 8) precision = t.integer(type);
    else if (field === 10) logical = logicalType(t);
    else t.skip(type);
  });
  if (physical !== void 0 && (physical < 0 || physical > 7))
    throw new ParquetFault(`the column \`${name}\` has the unknown physical type ${physical}`);
  if (typeLength < 0 || childCount < 0) throw new ParquetFault(`the column \`${name}\` has a negative size`);
  const meaning = logical ?? convertedType(converted, precision, scale);
  return { name, physical, typeLength, repetition, childCount, meaning };
}
var LOGICAL = {
  1: "string",
  2: "map",
  3: "list",
  4: "enum",
  6: "date",
  12: "json",
  13: "bson",
  14: "uuid"
};
function logicalType(t) {
  let meaning = { kind: "unknown" };
  t.struct((field, type) => {
    if (field === 5) meaning = { kind: "decimal", ...decimalType(t) };
    else if (field === 7) meaning = { kind: "time", ...timeType(t) };
    else if (field === 8) meaning = { kind: "timestamp", ...timeType(t) };
    else if (field === 10) meaning = { kind: "integer", ...integerType(t) };
    else {
      meaning = { kind: LOGICAL[field] ?? "unknown" };
      t.skip(type);
    }
  });
  return meaning;
}
function decimalType(t) {
  let scale = 0;
  let precision = 0;
  t.struct((field, type) => {
    if (field === 1) scale = t.integer(type);
    else if (field === 2) precision = t.integer(type);
    else t.skip(type);
  });
  return { precision, scale };
}
function timeType(t) {
  let isInstant = false;
  let unit = "millis";
  t.struct((field, type) => {
    if (field === 1) isInstant = t.boolean(type);
    else if (field === 2) {
      t.struct((which, unitType) => {
        unit = which === 1 ? "millis" : which === 2 ? "micros" : "nanos";
        t.skip(unitType);
      });
    } else t.skip(type);
  });
  return { unit, isInstant };
}
function integerType(t) {
  let bits = 0;
  let signed = true;
  t.struct((field, type) => {
    if (field === 1) bits = t.integer(type);
    else if (field === 2) signed = t.boolean(type);
    else t.skip(type);
  });
  return { bits, signed };
}
function convertedType(converted, precision, scale) {
  switch (converted) {
    case void 0:
      return { kind: "none" };
    case 0:
      return { kind: "string" };
    case 1:
    case 2:
      return { kind: "map" };
    case 3:
      return { kind: "list" };
    case 4:
      return { kind: "enum" };
    case 5:
      return { kind: "decimal", precision, scale };
    case 6:
      return { kind: "date" };
    case 7:
    case 8:
      return { kind: "time", unit: converted === 7 ? "millis" : "micros", isInstant: true };
    case 9:
    case 10:
      return { kind: "timestamp", unit: converted === 9 ? "millis" : "micros", isInstant: true };
    case 19:
      return { kind: "json" };
    case 20:
      return { kind: "bson" };
    default:
      if (converted >= 11 && converted <= 18)
        return { kind: "integer", bits: 8 << (converted - 11 & 3), signed: converted >= 15 };
      return { kind: "unknown" };
  }
}
function rowGroup(t) {
  let columns2 = [];
  let rowCount = -1;
  t.struct((field, type) => {
    if (field === 1) columns2 = t.list(type, THRIFT.struct, () => columnChunk(t));
    else if (field === 3) rowCount = t.integer(type);
    else t.skip(type);
  });
  if (rowCount < 0) throw new ParquetFault("a row group does not tell its number of rows");
  return { rowCount, columns: columns2 };
}
var ABSENT = {
  path: [],
  physical: 0,
  encodings: [],
  codec: 0,
  valueCount: 0,
  start: 0,
  size: 0,
  statistics: void 0,
  isElsewhere: true
};
function columnChunk(t) {
  let chunk = ABSENT;
  let isElsewhere = false;
  t.struct((field, type) => {
    if (field === 3) chunk = chunkMetadata(t);
    else {
      if (field === 1 || field === 8 || field === 9) isElsewhere = true;
      t.skip(type);
    }
  });
  return isElsewhere ? { ...chunk, isElsewhere } : chunk;
}
function chunkMetadata(t) {
  let physical = -1;
  let encodings = [];
  let path2 = [];
  let codec = 0;
  let valueCount = 0;
  let size = 0;
  let dataStart = 0;
  let dictionaryStart = 0;
  let statistics;
  t.struct((field, type) => {
    if (field === 1) physical = t.integer(type);
    else if (field === 2) encodings = t.list(type, THRIFT.i32, () => t.integer(THRIFT.i32));
    else if (field === 3) path2 = t.list(type, THRIFT.binary, () => t.text(THRIFT.binary));
    else if (field === 4) codec = t.integer(type);
    else if (field === 5) valueCount = t.integer(type);
    else if (field === 7) size = t.integer(type);
    else if (field === 9) dataStart = t.integer(type);
    else if (field === 11) dictionaryStart = t.integer(type);
    else if (field === 12) statistics = chunkStatistics(t);
    else t.skip(type);
  });
  const start = dictionaryStart > 0 && dictionaryStart < dataStart ? dictionaryStart : dataStart;
  return { path: path2, physical, encodings, codec, valueCount, start, size, statistics, isElsewhere: false };
}
function chunkStatistics(t) {
  let oldMin;
  let oldMax;
  let min;
  let max;
  let nullCount;
  t.struct((field, type) => {
    if (field === 1) oldMax = t.binary(type);
    else if (field === 2) oldMin = t.binary(type);
    else if (field === 3) nullCount = t.integer(type);
    else if (field === 5) max = t.binary(type);
    else if (field === 6) min = t.binary(type);
    else t.skip(type);
  });
  return { oldMin, oldMax, min, max, nullCount };
}

// packages/format-parquet/src/direct/finishes.ts
function asInt32(type) {
  return (words, rows, validity) => new Int32Column(type, rows, validity, words);
}
function asInt8(type, capacity) {
  const values = new Int8Array(capacity);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) values[i] = words[i];
    return new Int8Column(type, rows, validity, values);
  };
}
function asInt16(type, capacity) {
  const values = new Int16Array(capacity);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) values[i] = words[i];
    return new Int16Column(type, rows, validity, values);
  };
}
function int32AsInt64(type, capacity, factor) {
  const values = new BigInt64Array(capacity);
  const pairs = new Int32Array(values.buffer);
  return (words, rows, validity) => {
    if (factor !== 1n) for (let i = 0; i < rows; i++) values[i] = BigInt(words[i]) * factor;
    else
      for (let i = 0; i < rows; i++) {
        pairs[2 * i] = words[i];
        pairs[2 * i + 1] = words[i] >> 31;
      }
    return new Int64Column(type, rows, validity, values);
  };
}
function int32AsDouble(type, capacity) {
  const values = new Float64Array(capacity);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) values[i] = words[i];
    return new Float64Column(type, rows, validity, values);
  };
}
function int32AsInt128(type, capacity, factor) {
  const values = new BigInt64Array(capacity * 2);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) storeWide(values, i, BigInt(words[i]) * factor);
    return new Int128Column(type, rows, validity, values);
  };
}
function asFloat(type) {
  return (words, rows, validity) => new Float32Column(type, rows, validity, new Float32Array(words.buffer));
}
function floatAsDouble(type, capacity) {
  const values = new Float64Array(capacity);
  return (words, rows, validity) => {
    const floats = new Float32Array(words.buffer);
    for (let i = 0; i < rows; i++) values[i] = floats[i];
    return new Float64Column(type, rows, validity, values);
  };
}
function asDouble(type) {
  return (words, rows, validity) => new Float64Column(type, rows, validity, new Float64Array(words.buffer));
}
function asInt64(type, multiply = 1n, divide = 1n) {
  return (words, rows, validity) => {
    const values = new BigInt64Array(words.buffer);
    if (multiply !== 1n) for (let i = 0; i < rows; i++) values[i] = values[i] * multiply;
    if (divide !== 1n) for (let i = 0; i < rows; i++) values[i] = floorDivide(values[i], divide);
    return new Int64Column(type, rows, validity, values);
  };
}
function int64AsInt128(type, capacity, factor) {
  const values = new BigInt64Array(capacity * 2);
  return (words, rows, validity) => {
    const narrow = new BigInt64Array(words.buffer);
    for (let i = 0; i < rows; i++) storeWide(values, i, narrow[i] * factor);
    return new Int128Column(type, rows, validity, values);
  };
}
function asInt128(type, factor) {
  return (words, rows, validity) => {
    const values = new BigInt64Array(words.buffer);
    if (factor !== 1n)
      for (let i = 0; i < rows; i++) {
        const unscaled = values[2 * i + 1] << 64n | BigInt.asUintN(64, values[2 * i]);
        storeWide(values, i, unscaled * factor);
      }
    return new Int128Column(type, rows, validity, values);
  };
}
function storeWide(values, i, unscaled) {
  values[2 * i] = BigInt.asIntN(64, unscaled);
  values[2 * i + 1] = BigInt.asIntN(64, unscaled >> 64n);
}
function floorDivide(value, divisor) {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

// packages/format-parquet/src/direct/number-values.ts
var NumberValues = class {
  encodings;
  words;
  width;
  /** Bytes of a value in a file, at least. */
  fileBytes;
  plain;
  finish;
  codes;
  codeReader = new HybridReader();
  deltas = new DeltaReader();
  dictionary;
  dictionarySize = 0;
  encoding = ENCODING.plain;
  bytes = new Uint8Array(0);
  position = 0;
  end = 0;
  /** `isWhole`: whether values may be written as differences. */
  constructor(rows, width, fileBytes, isWhole, plain, finish) {
    this.encodings = isWhole ? [ENCODING.plain, ENCODING.delta] : [ENCODING.plain];
    this.words = new Int32Array(rows * width);
    this.codes = new Int32Array(rows);
    this.width = width;
    this.fileBytes = fileBytes;
    this.plain = plain;
    this.finish = finish;
  }
  startChunk() {
    this.dictionary = void 0;
    this.dictionarySize = 0;
  }
  setDictionary({ header, bytes, start, end }) {
    const { valueCount } = header;
    if (valueCount * this.fileBytes > end - start) throw new ParquetFault("its dictionary is cut off");
    this.dictionary = new Int32Array(valueCount * this.width);
    this.dictionarySize = valueCount;
    this.plain(bytes, start, end, valueCount, this.dictionary, 0);
  }
  startPage(encoding, bytes, start, end) {
    this.encoding = encoding;
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    if (encoding === ENCODING.plain) return;
    if (encoding === ENCODING.delta && this.encodings.includes(encoding)) {
      if (end > start) this.deltas.start(bytes, start, end);
      return;
    }
    if (!isDictionaryEncoding(encoding)) throw unknownEncoding(encoding);
    if (this.dictionary === void 0) throw new ParquetFault("its values refer to a dictionary that is not there");
    if (end > start) this.codeReader.start(bytes, start + 1, end, bytes[start], this.dictionarySize);
  }
  begin() {
  }
  take(at, rows, present, validity) {
    const { words, width, encoding } = this;
    if (present > 0) {
      if (encoding === ENCODING.plain)
        this.position = this.plain(this.bytes, this.position, this.end, present, words, at);
      else if (this.end === this.position) throw valuesTooShort();
      else if (encoding === ENCODING.delta) this.deltas.read(present, words, at * width, width);
      else this.takeCodes(at, present);
    }
    if (present === rows) return;
    if (width === 1) spreadWords(words, at, rows, present, validity);
    else spreadWide(words, width, at, rows, present, validity);
  }
  takeCodes(at, present) {
    const { codes, words, width } = this;
    const dictionary = this.dictionary;
    this.codeReader.read(present, codes, 0);
    if (width === 1) gatherWords(dictionary, codes, present, words, at);
    else if (width === 2) gatherPairs(dictionary, codes, present, words, at * 2);
    else gatherWide(dictionary, codes, present, words, at * width, width);
  }
  leavePage() {
  }
  column(rows, validity) {
    return this.finish(this.words, rows, validity);
  }
};
function gatherWords(from, codes, count, to, at) {
  for (let i = 0; i < count; i++) to[at + i] = from[codes[i]];
}
function gatherPairs(from, codes, count, to, at) {
  for (let i = 0; i < count; i++) {
    const code = codes[i] * 2;
    to[at] = from[code];
    to[at + 1] = from[code + 1];
    at += 2;
  }
}
function gatherWide(from, codes, count, to, at, width) {
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < width; k++) to[at++] = from[codes[i] * width + k];
  }
}

// packages/format-parquet/src/direct/plain-numbers.ts
function copiedNumbers(width) {
  return (bytes, position, end, count, target, at) => {
    const size = count * width;
    if (size > end - position) throw valuesTooShort();
    const raw = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    raw.set(bytes.subarray(position, position + size), at * width);
    return position + size;
  };
}
var JULIAN_EPOCH = 2440588;
var MICROS_PER_DAY = 86400000000n;
var int96Micros = (bytes, position, end, count, target, at) => {
  if (count * 12 > end - position) throw valuesTooShort();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const micros = new BigInt64Array(target.buffer, target.byteOffset, target.length >> 1);
  for (let i = 0; i < count; i++) {
    const nanos = view.getBigInt64(position, true);
    const day = BigInt(view.getInt32(position + 8, true) - JULIAN_EPOCH);
    micros[at + i] = day * MICROS_PER_DAY + nanos / 1000n;
    position += 12;
  }
  return position;
};
function fixedDecimals(length, words) {
  return (bytes, position, end, count, target, at) => {
    if (count * length > end - position) throw valuesTooShort();
    for (let i = 0; i < count; i++) {
      bigEndian(bytes, position, length, target, (at + i) * words, words);
      position += length;
    }
    return position;
  };
}
function variableDecimals(words) {
  return (bytes, position, end, count, target, at) => {
    for (let i = 0; i < count; i++) {
      if (end - position < 4) throw valuesTooShort();
      const length = bytes[position] + (bytes[position + 1] << 8) + (bytes[position + 2] << 16) + bytes[position + 3] * 2 ** 24;
      position += 4;
      if (length > end - position) throw valuesTooShort();
      bigEndian(bytes, position, length, target, (at + i) * words, words);
      position += length;
    }
    return position;
  };
}
function bigEndian(bytes, position, length, target, at, words) {
  const sign = length > 0 && bytes[position] >= 128 ? -1 : 0;
  for (let w = 0, last = length - 1; w < words; w++, last -= 4) {
    let word = sign;
    for (let k = Math.min(3, last); k >= 0; k--) word = word << 8 | bytes[position + last - k];
    target[at + w] = word;
  }
}

// packages/format-parquet/src/direct/column-values.ts
function valuesOf(element, type) {
  switch (element.physical) {
    case PHYSICAL.boolean:
      return type.kind === "boolean" ? (rows) => new BooleanValues(type, rows) : void 0;
    case PHYSICAL.int32:
      return numbers(1, 4, true, int32Finish(element.meaning, type));
    case PHYSICAL.int64:
      return numbers(2, 8, true, int64Finish(element.meaning, type));
    case PHYSICAL.int96:
      return int96(type);
    case PHYSICAL.float:
      return numbers(1, 4, false, floatFinish(element.meaning, type));
    case PHYSICAL.double:
      return numbers(2, 8, false, type.kind === "double" ? () => asDouble(type) : void 0);
    case PHYSICAL.byteArray:
      return byteArray(element.meaning, type);
    case PHYSICAL.fixed:
      return fixed(element, type);
    default:
      return void 0;
  }
}
function numbers(words, bytes, isWhole, make) {
  if (make === void 0) return void 0;
  return (rows) => new NumberValues(rows, words, bytes, isWhole, copiedNumbers(bytes), make(rows));
}
function int32Finish(meaning, type) {
  switch (meaning.kind) {
    case "none":
      return integerFinish(32, type);
    case "integer":
      return meaning.signed ? integerFinish(meaning.bits, type) : void 0;
    case "date":
      if (type.kind === "date") return () => asInt32(type);
      return type.kind === "timestamp_ntz" ? (rows) => int32AsInt64(type, rows, 86400000000n) : void 0;
    case "time":
      return type.kind === "time" && meaning.unit === "millis" ? (rows) => int32AsInt64(type, rows, 1000000n) : void 0;
    case "decimal": {
      const factor = scaleFactor(meaning, type);
      if (factor === void 0) return void 0;
      return type.precision <= 18 ? (rows) => int32AsInt64(type, rows, factor) : (rows) => int32AsInt128(type, rows, factor);
    }
    default:
      return void 0;
  }
}
function integerFinish(bits, type) {
  switch (type.kind) {
    case "byte":
      return bits === 8 ? (rows) => asInt8(type, rows) : void 0;
    case "short":
      return bits <= 16 ? (rows) => asInt16(type, rows) : void 0;
    case "integer":
      return bits <= 32 ? () => asInt32(type) : void 0;
    case "yearMonthInterval":
      return bits === 32 ? () => asInt32(type) : void 0;
    case "long":
      return bits <= 32 ? (rows) => int32AsInt64(type, rows, 1n) : void 0;
    case "double":
      return bits <= 32 ? (rows) => int32AsDouble(type, rows) : void 0;
    default:
      return void 0;
  }
}
function int64Finish(meaning, type) {
  switch (meaning.kind) {
    case "none":
      return longFinish(type);
    case "integer":
      return meaning.signed && meaning.bits === 64 ? longFinish(type) : void 0;
    case "timestamp": {
      if (type.kind !== "timestamp" && type.kind !== "timestamp_ntz") return void 0;
      const multiply = meaning.unit === "millis" ? 1000n : 1n;
      return () => asInt64(type, multiply, meaning.unit === "nanos" ? 1000n : 1n);
    }
    case "time":
      return type.kind === "time" && meaning.unit !== "millis" ? () => asInt64(type, meaning.unit === "micros" ? 1000n : 1n) : void 0;
    case "decimal":
      return narrowDecimal(meaning, type);
    default:
      return void 0;
  }
}
function longFinish(type) {
  return type.kind === "long" || type.kind === "dayTimeInterval" ? () => asInt64(type) : void 0;
}
function floatFinish(meaning, type) {
  if (meaning.kind !== "none") return void 0;
  if (type.kind === "float") return () => asFloat(type);
  return type.kind === "double" ? (rows) => floatAsDouble(type, rows) : void 0;
}
function int96(type) {
  if (type.kind !== "timestamp" && type.kind !== "timestamp_ntz") return void 0;
  return (rows) => new NumberValues(rows, 2, 12, false, int96Micros, asInt64(type));
}
function byteArray(meaning, type) {
  if (meaning.kind === "decimal") {
    const words = meaning.precision <= 18 ? 2 : 4;
    const make = words === 2 ? narrowDecimal(meaning, type) : wideDecimal(meaning, type);
    return make && ((rows) => new NumberValues(rows, words, 4, false, variableDecimals(words), make(rows)));
  }
  const isText = ["none", "string", "enum", "json", "bson"].includes(meaning.kind);
  return isText && isBytes(type) ? (rows) => new BytesValues(type, rows, 0) : void 0;
}
function fixed({ meaning, typeLength }, type) {
  if (typeLength < 1) return void 0;
  if (meaning.kind === "decimal") {
    const words = meaning.precision <= 18 ? 2 : 4;
    const make = words === 2 ? narrowDecimal(meaning, type) : wideDecimal(meaning, type);
    const plain = fixedDecimals(typeLength, words);
    return make && ((rows) => new NumberValues(rows, words, typeLength, false, plain, make(rows)));
  }
  const isText = meaning.kind === "none" || meaning.kind === "uuid";
  return isText && isBytes(type) ? (rows) => new BytesValues(type, rows, typeLength) : void 0;
}
function isBytes({ kind }) {
  return kind === "string" || kind === "char" || kind === "varchar" || kind === "binary";
}
function narrowDecimal(meaning, type) {
  const factor = scaleFactor(meaning, type);
  if (factor === void 0) return void 0;
  return type.precision <= 18 ? () => asInt64(type, factor) : (rows) => int64AsInt128(type, rows, factor);
}
function wideDecimal(meaning, type) {
  const factor = scaleFactor(meaning, type);
  return factor === void 0 ? void 0 : () => asInt128(type, factor);
}
function scaleFactor(meaning, type) {
  const { precision, scale } = meaning;
  if (type.kind !== "decimal" || precision < 1 || precision > 38 || scale < 0) return void 0;
  if (type.scale < scale || type.precision - type.scale < precision - scale) return void 0;
  return 10n ** BigInt(type.scale - scale);
}

// packages/format-parquet/src/direct/parquet-schema.ts
var REQUIRED = 0;
var OPTIONAL = 1;
function fileColumns(schema2) {
  const columns2 = [];
  let at = 1;
  let leaves = 0;
  for (let k = 0; k < schema2[0].childCount; k++) {
    const element = schema2[at];
    if (element === void 0) throw new ParquetFault("its schema ends too early");
    const isFlat = element.physical !== void 0 && element.childCount === 0;
    const isSingle = element.repetition === REQUIRED || element.repetition === OPTIONAL;
    columns2.push({ name: element.name, element, leaf: isFlat && isSingle ? leaves : void 0 });
    for (let open2 = 1; open2 > 0; open2--, at++) {
      const next2 = schema2[at];
      if (next2 === void 0) throw new ParquetFault("its schema ends too early");
      open2 += next2.childCount;
      if (next2.physical !== void 0) leaves++;
    }
  }
  return columns2;
}
function isOptional({ repetition }) {
  return repetition === OPTIONAL;
}
function typeOfElement({ physical, meaning }) {
  switch (physical) {
    case PHYSICAL.boolean:
      return BooleanType;
    case PHYSICAL.int32:
      return int32Type(meaning);
    case PHYSICAL.int64:
      return int64Type(meaning);
    case PHYSICAL.int96:
      return TimestampType;
    case PHYSICAL.float:
      return FloatType;
    case PHYSICAL.double:
      return DoubleType;
    case PHYSICAL.byteArray:
      return bytesType(meaning);
    case PHYSICAL.fixed:
      return meaning.kind === "none" || meaning.kind === "uuid" ? BinaryType : decimalType2(meaning);
    default:
      return void 0;
  }
}
function int32Type(meaning) {
  if (meaning.kind === "none") return IntegerType;
  if (meaning.kind === "date") return DateType;
  if (meaning.kind === "time") return TimeType();
  if (meaning.kind !== "integer") return decimalType2(meaning);
  const signed = { 8: ByteType, 16: ShortType, 32: IntegerType }[meaning.bits];
  const unsigned = { 8: ShortType, 16: IntegerType, 32: LongType }[meaning.bits];
  return meaning.signed ? signed : unsigned;
}
function int64Type(meaning) {
  if (meaning.kind === "none") return LongType;
  if (meaning.kind === "time") return TimeType();
  if (meaning.kind === "timestamp") return meaning.isInstant ? TimestampType : TimestampNTZType;
  if (meaning.kind !== "integer") return decimalType2(meaning);
  return meaning.signed ? LongType : DecimalType(20, 0);
}
function bytesType(meaning) {
  if (meaning.kind === "string" || meaning.kind === "enum" || meaning.kind === "json") return StringType;
  return meaning.kind === "none" || meaning.kind === "bson" ? BinaryType : decimalType2(meaning);
}
function decimalType2(meaning) {
  if (meaning.kind !== "decimal") return void 0;
  const { precision, scale } = meaning;
  return precision < 1 || precision > 38 || scale < 0 || scale > precision ? void 0 : DecimalType(precision, scale);
}

// packages/format-parquet/src/direct/direct-scan.ts
var WINDOWS_BYTES = 32 << 20;
var MAX_WINDOW_BYTES = 4 << 20;
var MIN_WINDOW_BYTES = 256 << 10;
var MAX_HELD_BYTES = 2 << 20;
var COMMON_ENCODINGS = [
  ENCODING.plainDictionary,
  ENCODING.dictionary,
  ENCODING.rle,
  ENCODING.bitPacked
];
var DirectScan = class _DirectScan {
  footer;
  schema;
  sources;
  constructor(footer, schema2, sources) {
    this.footer = footer;
    this.schema = schema2;
    this.sources = sources;
  }
  /**
   * A scan of columns (undefined for one that the file lacks) as the fields of a schema; undefined where a type, an encoding
   * or a compression is not known here.
   */
  static plan(footer, schema2, columns2, groups) {
    const rows = groups.reduce((most, { rowCount }) => Math.max(most, Math.min(rowCount, BATCH_ROWS)), 1);
    const window = Math.floor(WINDOWS_BYTES / Math.max(1, columns2.length));
    const windowBytes = Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, window));
    const sources = [];
    for (const [k, { type }] of schema2.fields.entries()) {
      const column = columns2[k];
      if (column === void 0) {
        sources.push(new NullFill(type));
        continue;
      }
      const { leaf, element } = column;
      const values = leaf === void 0 ? void 0 : valuesOf(element, type)?.(rows);
      if (leaf === void 0 || values === void 0) return void 0;
      if (!groups.every((group) => isReadable(group.columns[leaf], values))) return void 0;
      const reader = new ColumnReader(values, isOptional(element), rows, windowBytes);
      sources.push({ column, leaf, reader });
    }
    return new _DirectScan(footer, schema2, sources);
  }
  /** The rows of a row group. */
  async *rows(group, index, signal) {
    const { sources, schema: schema2 } = this;
    await this.start(group, index);
    for (let left = group.rowCount; left > 0; ) {
      signal.throwIfAborted();
      const count = Math.min(left, BATCH_ROWS);
      const columns2 = [];
      for (const source of sources) {
        columns2.push(
          source instanceof NullFill ? source.rows(count) : await this.readColumn(source, count, index)
        );
      }
      yield new Batch(schema2, columns2, count);
      left -= count;
    }
  }
  async start(group, index) {
    const chunks = [];
    for (const source of this.sources) {
      if (source instanceof NullFill) continue;
      const { column, leaf, reader } = source;
      const chunk = group.columns[leaf];
      this.check(column, chunk, group, index);
      reader.start(this.footer.file, chunk, codecOf(chunk.codec));
      chunks.push(chunk);
    }
    const start = Math.min(...chunks.map((chunk) => chunk.start));
    const end = Math.max(...chunks.map((chunk) => chunk.start + chunk.size));
    const wanted2 = chunks.reduce((sum, { size }) => sum + size, 0);
    if (chunks.length > 1 && end - start <= MAX_HELD_BYTES && wanted2 * 2 >= end - start)
      await this.guarded(() => this.footer.file.hold(start, end - start), void 0, index);
  }
  /** Compares what the footer says of a chunk with the schema and with the file. */
  check({ element, name }, chunk, { rowCount }, index) {
    const fault = this.faultOf(element.physical, chunk, rowCount);
    if (fault !== void 0) throw badColumn(this.footer.path, name, index, new ParquetFault(fault));
  }
  faultOf(physical, chunk, rows) {
    if (chunk === void 0 || chunk.physical !== physical) return "the row group does not fit the schema";
    if (chunk.valueCount !== rows)
      return `the column has ${chunk.valueCount} values in a row group of ${rows} rows`;
    const end = chunk.start + chunk.size;
    return chunk.start < 4 || chunk.size < 0 || end > this.footer.dataEnd ? `its bytes ${chunk.start} to ${end} lie outside the data of the file` : void 0;
  }
  readColumn({ reader, column }, count, index) {
    return this.guarded(() => reader.read(count), column.name, index);
  }
  async guarded(call, column, index) {
    try {
      return await call();
    } catch (cause) {
      throw StreamError.is(cause) ? cause : badColumn(this.footer.path, column, index, cause);
    }
  }
};
function isReadable(chunk, { encodings }) {
  if (chunk === void 0) return true;
  if (chunk.isElsewhere || codecOf(chunk.codec) === void 0) return false;
  return chunk.encodings.every((encoding) => encodings.includes(encoding) || COMMON_ENCODINGS.includes(encoding));
}

// packages/format-parquet/src/arrow/arrow-schema.ts
var POINTER = 4;
var decoder = new TextDecoder();
function readArrowField(memory, address) {
  const view = new DataView(memory);
  const count = Number(view.getBigInt64(address + 24, true));
  const children = view.getUint32(address + 32, true);
  const dictionary = view.getUint32(address + 36, true);
  return {
    format: cString(memory, view.getUint32(address, true)),
    name: cString(memory, view.getUint32(address + 4, true)),
    children: Array.from(
      { length: count },
      (_, i) => readArrowField(memory, view.getUint32(children + i * POINTER, true))
    ),
    dictionary: dictionary === 0 ? void 0 : readArrowField(memory, dictionary)
  };
}
function cString(memory, address) {
  if (address === 0) return "";
  const bytes = new Uint8Array(memory);
  let end = address;
  while (bytes[end] !== 0) end++;
  return decoder.decode(bytes.slice(address, end));
}
var ArrowArray = class _ArrowArray {
  length;
  nullCount;
  offset;
  memory;
  view;
  address;
  constructor(memory, address) {
    this.memory = memory;
    this.view = new DataView(memory);
    this.address = address;
    this.length = Number(this.view.getBigInt64(address, true));
    this.nullCount = Number(this.view.getBigInt64(address + 8, true));
    this.offset = Number(this.view.getBigInt64(address + 16, true));
  }
  /** `byteLength` bytes of a buffer from `byteOffset` on; null where the array has no such buffer. */
  buffer(index, byteOffset, byteLength) {
    const buffers = this.view.getUint32(this.address + 40, true);
    const start = this.view.getUint32(buffers + index * POINTER, true);
    return start === 0 ? null : new Uint8Array(this.memory, start + byteOffset, byteLength);
  }
  child(index) {
    const children = this.view.getUint32(this.address + 44, true);
    return new _ArrowArray(this.memory, this.view.getUint32(children + index * POINTER, true));
  }
  get dictionary() {
    return new _ArrowArray(this.memory, this.view.getUint32(this.address + 48, true));
  }
};

// packages/format-parquet/src/arrow/arrow-type.ts
var SIMPLE2 = {
  n: NullType,
  b: BooleanType,
  c: ByteType,
  C: ShortType,
  s: ShortType,
  S: IntegerType,
  i: IntegerType,
  I: LongType,
  l: LongType,
  L: DecimalType(20, 0),
  e: FloatType,
  f: FloatType,
  g: DoubleType,
  z: BinaryType,
  Z: BinaryType,
  u: StringType,
  U: StringType,
  tdD: DateType,
  tdm: DateType,
  tts: TimeType(6),
  ttm: TimeType(6),
  ttu: TimeType(6),
  ttn: TimeType(6)
};
function typeOfArrow(field) {
  if (field.dictionary !== void 0) return typeOfArrow(field.dictionary);
  const { format, children } = field;
  const simple = SIMPLE2[format];
  if (simple !== void 0) return simple;
  if (format.startsWith("w:")) return BinaryType;
  if (format.startsWith("d:")) return decimalOf(format);
  if (format.startsWith("ts")) return timestampOf(format);
  if (format === "+l" || format === "+L" || format.startsWith("+w")) {
    const element = typeOfArrow(children[0]);
    return element === void 0 ? void 0 : ArrayType(element);
  }
  if (format === "+s") return structOf(children);
  if (format === "+m") {
    const [key, value] = children[0].children.map(typeOfArrow);
    return key === void 0 || value === void 0 ? void 0 : MapType(key, value);
  }
  return void 0;
}
function structOf(fields) {
  const types = fields.map(typeOfArrow);
  if (types.includes(void 0)) return void 0;
  return new StructType(fields.map(({ name }, i) => StructField(name, types[i])));
}
function decimalOf(format) {
  const [precision, scale] = format.slice(2).split(",").map(Number);
  return precision > 38 || scale < 0 ? void 0 : DecimalType(precision, scale);
}
function timestampOf(format) {
  const hasZone = format.length > 4;
  return hasZone || format.startsWith("tsn") ? TimestampType : TimestampNTZType;
}
function widthOf(format) {
  if (format.startsWith("d:")) return Number(format.split(",")[2] ?? 128) / 8;
  if (format.startsWith("w:")) return Number(format.slice(2));
  if (format.startsWith("ts")) return 8;
  return WIDTHS[format] ?? 0;
}
var WIDTHS = {
  c: 1,
  C: 1,
  s: 2,
  S: 2,
  e: 2,
  i: 4,
  I: 4,
  f: 4,
  l: 8,
  L: 8,
  g: 8,
  tdD: 4,
  tdm: 8,
  tts: 4,
  ttm: 4,
  ttu: 8,
  ttn: 8
};

// packages/format-parquet/src/wasm.ts
var loaded2;
function parquetWasm() {
  loaded2 ??= import("parquet-wasm");
  return loaded2;
}

// packages/format-parquet/src/read/range-blob.ts
var RangeBlob = class _RangeBlob extends Blob {
  reader;
  from;
  to;
  constructor(reader, from = 0, to = reader.size) {
    super([]);
    this.reader = reader;
    this.from = from;
    this.to = to;
    Object.defineProperty(this, "size", { value: to - from });
  }
  slice(start = 0, end = this.size) {
    return new _RangeBlob(this.reader, this.from + start, Math.min(this.to, this.from + end));
  }
  async arrayBuffer() {
    const bytes = new Uint8Array(this.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await this.reader.read(bytes, filled, bytes.length - filled, this.from + filled);
      if (count === 0)
        throw new RangeError(`the file ends at byte ${this.from + filled}, before byte ${this.to}`);
      filled += count;
    }
    return bytes.buffer;
  }
};

// packages/format-parquet/src/read/open-file.ts
async function openParquet(fileSystem, path2) {
  const wasm = await parquetWasm();
  const reader = await fileSystem.open(path2);
  try {
    const file = await wasm.ParquetFile.fromFile(new RangeBlob(reader));
    return { wasm, file, fields: fieldsOf(wasm, file), close: () => closeBoth(file, reader) };
  } catch (cause) {
    await reader.close();
    if (StreamError.is(cause)) throw cause;
    throw badFooter(path2, cause);
  }
}
async function closeBoth(file, reader) {
  file.free();
  await reader.close();
}
function fieldsOf(wasm, file) {
  const schema2 = file.schema();
  const exported = schema2.toFFI();
  try {
    return readArrowField(wasm.wasmMemory().buffer, exported.addr()).children;
  } finally {
    exported.free();
    schema2.free();
  }
}
function schemaOf({ fields }, path2) {
  const found = structOf(fields);
  if (found !== void 0) return found;
  const formats = fields.map(({ name, format }) => `${name}: ${format}`).join(", ");
  throw badFooter(path2, new Error(`a column has a type that cannot be read (${formats})`));
}

// packages/format-parquet/src/direct/ranged-file.ts
var NOTHING = { start: 0, bytes: new Uint8Array(0) };
var RangedFile = class {
  size;
  reader;
  tail = NOTHING;
  held = NOTHING;
  constructor(reader) {
    this.reader = reader;
    this.size = reader.size;
  }
  /** The last bytes of the file, at least `length` of them or all, as a view. */
  async end(length) {
    const wanted2 = Math.min(length, this.size);
    const known = this.tail.bytes;
    if (wanted2 > known.length) {
      const bytes = new Uint8Array(wanted2);
      bytes.set(known, wanted2 - known.length);
      await this.fetch(this.size - wanted2, bytes, 0, wanted2 - known.length);
      this.tail = { start: this.size - wanted2, bytes };
    }
    return this.tail.bytes;
  }
  /** Reads a range in one go and keeps it, until another is held, for the reads that follow. */
  async hold(start, length) {
    if (start >= this.tail.start && this.tail !== NOTHING) return;
    const bytes = new Uint8Array(length);
    await this.fetch(start, bytes, 0, length);
    this.held = { start, bytes };
  }
  /** Reads exactly `length` bytes from `position` to `target[at ..]`. */
  async read(position, target, at, length) {
    for (const { start, bytes } of [this.tail, this.held]) {
      const from = position - start;
      if (from < 0 || from + length > bytes.length) continue;
      target.set(bytes.subarray(from, from + length), at);
      return;
    }
    await this.fetch(position, target, at, length);
  }
  async fetch(position, target, at, length) {
    for (let done = 0; done < length; ) {
      const count = await this.reader.read(target, at + done, length - done, position + done);
      if (count === 0)
        throw new ParquetFault(`the file ends at byte ${position + done}, before byte ${position + length}`);
      done += count;
    }
  }
  close() {
    return this.reader.close();
  }
};

// packages/format-parquet/src/read/parquet-footer.ts
var ROW_METADATA = "org.apache.spark.sql.parquet.row.metadata";
var TAIL_BYTES = 64 << 10;
var TRAILER_BYTES = 8;
async function openFooter(fileSystem, path2) {
  const reader = await fileSystem.open(path2);
  try {
    return await readFooter(path2, new RangedFile(reader));
  } catch (cause) {
    await reader.close();
    throw StreamError.is(cause) ? cause : badFooter(path2, cause);
  }
}
async function readFooter(path2, file) {
  if (file.size < TRAILER_BYTES + 4)
    throw new ParquetFault(`a file of ${file.size} bytes cannot be a Parquet file`);
  const tail = await tailOf(file, TAIL_BYTES);
  const mark = tail.toString("latin1", tail.length - 4);
  if (mark === "PARE") throw new ParquetFault("the file is encrypted");
  if (mark !== "PAR1") throw new ParquetFault("it does not end with the mark of Parquet files, PAR1");
  const length = tail.readUInt32LE(tail.length - TRAILER_BYTES);
  if (length > file.size - TRAILER_BYTES - 4)
    throw new ParquetFault(`a footer of ${length} bytes does not fit into a file of ${file.size}`);
  const footer = await file.end(length + TRAILER_BYTES);
  const end = footer.length - TRAILER_BYTES;
  const metadata = readFileMetadata(footer.subarray(end - length, end));
  const dataEnd = file.size - TRAILER_BYTES - length;
  return { path: path2, file, metadata, columns: fileColumns(metadata.schema), dataEnd };
}
async function tailOf(file, length) {
  const { buffer, byteOffset, length: found } = await file.end(length);
  return Buffer.from(buffer, byteOffset, found);
}
function recordedSchema({ metadata }) {
  const recorded = metadata.keyValues.get(ROW_METADATA);
  return recorded === void 0 ? void 0 : StructType.fromJSON(recorded).asNullable();
}

// packages/format-parquet/src/read/infer-schema.ts
async function inferParquetSchema(files, options, context2) {
  const merges = options.boolean("mergeSchema", context2.conf("spark.sql.parquet.mergeSchema") === "true");
  const sorted = [...files].sort((a, b) => a.path < b.path ? -1 : 1);
  let merged = null;
  for (const { path: path2 } of merges ? sorted : sorted.slice(0, 1)) {
    const schema2 = await schemaOfFile(path2, context2);
    merged = merged === null ? schema2 : mergeSchemas(merged, schema2);
  }
  return merged;
}
async function schemaOfFile(path2, context2) {
  const footer = await openFooter(context2.fileSystem, path2);
  try {
    const known = recordedSchema(footer) ?? simpleSchema(footer);
    if (known !== void 0) return known;
  } finally {
    await footer.file.close();
  }
  const open2 = await openParquet(context2.fileSystem, path2);
  try {
    return schemaOf(open2, path2);
  } finally {
    await open2.close();
  }
}
function simpleSchema({ columns: columns2, metadata }) {
  if (metadata.keyValues.has("ARROW:schema")) return void 0;
  const fields = [];
  for (const { name, element, leaf } of columns2) {
    const type = leaf === void 0 ? void 0 : typeOfElement(element);
    if (type === void 0) return void 0;
    fields.push(StructField(name, type));
  }
  return new StructType(fields);
}
function mergeSchemas(a, b) {
  const fields = [...a.fields];
  for (const field of b.fields) {
    const at = fields.findIndex(({ name }) => name === field.name);
    if (at < 0) fields.push(field);
    else fields[at] = mergeFields(fields[at], field, a, b);
  }
  return new StructType(fields);
}
function mergeFields(left, right, a, b) {
  if (sameType(left.type, right.type, true)) return left;
  if (left.type.kind === "struct" && right.type.kind === "struct") {
    return StructField(left.name, mergeSchemas(left.type, right.type), true, left.metadata);
  }
  throw cannotMerge(a.simpleString(), b.simpleString());
}

// packages/format-parquet/src/read/row-groups.ts
function columnNamed(columns2, name) {
  const lower = name.toLowerCase();
  return columns2.find((column) => column.name === name) ?? columns2.find((column) => column.name.toLowerCase() === lower);
}

// packages/format-parquet/src/arrow/bytes-reader.ts
var BytesReader = class {
  type;
  format;
  validity = new ValidityReader();
  starts = new Int32Array(0);
  lengths = new Int32Array(0);
  data = new Uint8Array(0);
  constructor(type, format) {
    this.type = type;
    this.format = format;
  }
  read(array) {
    const { length } = array;
    if (this.starts.length < length) {
      this.starts = new Int32Array(length);
      this.lengths = new Int32Array(length);
    }
    if (this.format.startsWith("w:")) this.readFixed(array);
    else if (length > 0) this.readVariable(array);
    return new BytesColumn(
      this.type,
      length,
      this.validity.read(array),
      this.data,
      this.starts,
      this.lengths
    );
  }
  readFixed(array) {
    const width = widthOf(this.format);
    this.copyData(array.buffer(1, array.offset * width, array.length * width));
    for (let i = 0; i < array.length; i++) {
      this.starts[i] = i * width;
      this.lengths[i] = width;
    }
  }
  readVariable(array) {
    const { starts, lengths } = this;
    const { length, offset } = array;
    const ends = this.offsets(array);
    const first = ends(offset);
    for (let i = 0, start = 0; i < length; i++) {
      const end = ends(offset + i + 1) - first;
      starts[i] = start;
      lengths[i] = end - start;
      start = end;
    }
    const size = starts[length - 1] + lengths[length - 1];
    this.copyData(size === 0 ? null : array.buffer(2, first, size));
  }
  offsets(array) {
    const isLarge = this.format === "U" || this.format === "Z";
    const bytes = array.buffer(1, 0, (array.offset + array.length + 1) * (isLarge ? 8 : 4));
    if (bytes === null) return () => 0;
    if (!isLarge) {
      const ends2 = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      return (i) => ends2[i];
    }
    const ends = new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
    return (i) => Number(ends[i]);
  }
  copyData(source) {
    if (source === null) return;
    if (this.data.length < source.length)
      this.data = new Uint8Array(Math.max(source.length, this.data.length * 2));
    this.data.set(source);
  }
};

// packages/format-parquet/src/arrow/fixed-readers.ts
var NUMBERS = {
  c: Int8Array,
  C: Uint8Array,
  s: Int16Array,
  S: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  f: Float32Array,
  g: Float64Array,
  tdD: Int32Array,
  tts: Int32Array,
  ttm: Int32Array
};
var Block = class {
  bytes = new Uint8Array(0);
  /** Copies the values of an array; absent buffers leave zeros. */
  copy(array, width) {
    const size = array.length * width;
    this.reserve(size);
    const source = array.buffer(1, array.offset * width, size);
    if (source === null) this.bytes.fill(0, 0, size);
    else this.bytes.set(source);
    return this.bytes.buffer;
  }
  reserve(size) {
    if (this.bytes.length < size)
      this.bytes = new Uint8Array(Math.max(size, this.bytes.length * 2) + 15 & ~15);
    return this.bytes.buffer;
  }
};
var BooleanReader = class {
  type;
  validity = new ValidityReader();
  values = new Uint8Array(0);
  constructor(type) {
    this.type = type;
  }
  read(array) {
    const { length, offset } = array;
    if (this.values.length < length) this.values = new Uint8Array(length);
    const bits = array.buffer(1, offset >> 3, (offset & 7) + length + 7 >> 3);
    const shift = offset & 7;
    for (let i = 0; i < length; i++) {
      this.values[i] = bits === null ? 0 : bits[i + shift >> 3] >> (i + shift & 7) & 1;
    }
    return new BooleanColumn(this.type, length, this.validity.read(array), this.values);
  }
};
var NumberReader = class {
  type;
  format;
  block = new Block();
  wide = new Block();
  validity = new ValidityReader();
  constructor(type, format) {
    this.type = type;
    this.format = format;
  }
  read(array) {
    const { length } = array;
    const width = widthOf(this.format);
    const source = new NUMBERS[this.format](this.block.copy(array, width), 0, length);
    const bits = this.validity.read(array);
    const { type } = this;
    switch (layoutOf(type)) {
      case "int8":
        return new Int8Column(type, length, bits, this.same(source, Int8Array, 1));
      case "int16":
        return new Int16Column(type, length, bits, this.same(source, Int16Array, 2));
      case "int32":
        return new Int32Column(type, length, bits, this.same(source, Int32Array, 4));
      case "float32":
        return new Float32Column(type, length, bits, this.same(source, Float32Array, 4));
      case "float64":
        return new Float64Column(type, length, bits, this.same(source, Float64Array, 8));
      default:
        return new Int64Column(type, length, bits, this.toInt64(source));
    }
  }
  same(source, Kind, width) {
    if (source instanceof Kind) return source;
    const target = new Kind(this.wide.reserve(source.length * width), 0, source.length);
    for (let i = 0; i < source.length; i++) target[i] = source[i];
    return target;
  }
  toInt64(source) {
    const target = new BigInt64Array(this.wide.reserve(source.length * 8), 0, source.length);
    const words = new Int32Array(target.buffer, 0, source.length * 2);
    const factor = int64Factor(this.format, this.type);
    if (factor !== 1n) {
      for (let i = 0; i < source.length; i++) target[i] = BigInt(source[i]) * factor;
      return target;
    }
    for (let i = 0; i < source.length; i++) {
      words[2 * i] = source[i];
      words[2 * i + 1] = source[i] < 0 ? -1 : 0;
    }
    return target;
  }
};
function int64Factor(format, type) {
  if (format === "tts") return 1000000000n;
  if (format === "ttm") return 1000000n;
  if (format === "tdD") return 86400000000n;
  return type.kind === "decimal" ? 10n ** BigInt(type.scale) : 1n;
}
var Int64Reader = class {
  type;
  multiply;
  divide;
  block = new Block();
  validity = new ValidityReader();
  constructor(type, format) {
    this.type = type;
    const unit = format.startsWith("ts") ? format[2] : "";
    this.multiply = unit === "s" ? 1000000n : unit === "m" || format === "ttu" ? 1000n : 1n;
    this.divide = unit === "n" ? 1000n : 1n;
  }
  read(array) {
    const values = new BigInt64Array(this.block.copy(array, 8), 0, array.length);
    if (this.multiply !== 1n) for (let i = 0; i < values.length; i++) values[i] = values[i] * this.multiply;
    if (this.divide !== 1n)
      for (let i = 0; i < values.length; i++) values[i] = floorDivide2(values[i], this.divide);
    const bits = this.validity.read(array);
    if (this.type.kind === "date")
      return new Int32Column(this.type, array.length, bits, millisToDays(values));
    return new Int64Column(this.type, array.length, bits, values);
  }
};
function floorDivide2(value, divisor) {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}
function millisToDays(millis) {
  return Int32Array.from(millis, (value) => Number(floorDivide2(value, 86400000n)));
}
var DecimalReader = class {
  type;
  width;
  wide;
  factor;
  block = new Block();
  target = new Block();
  validity = new ValidityReader();
  constructor(type, format) {
    this.type = type;
    this.width = widthOf(format);
    this.wide = type.precision > 18;
    this.factor = 10n ** BigInt(type.scale - (format === "L" ? 0 : decimalOf(format).scale));
  }
  read(array) {
    const { length } = array;
    const buffer = this.block.copy(array, this.width);
    const bits = this.validity.read(array);
    if (this.wide) {
      const values2 = new BigInt64Array(this.target.reserve(length * 16), 0, length * 2);
      if (this.width === 16 && this.factor === 1n) values2.set(new BigInt64Array(buffer, 0, length * 2));
      else for (let i = 0; i < length; i++) this.store(values2, i, this.unscaled(buffer, i));
      return new Int128Column(this.type, length, bits, values2);
    }
    const values = new BigInt64Array(this.target.reserve(length * 8), 0, length);
    if (this.width === 16 && this.factor === 1n) {
      const pairs = new BigInt64Array(buffer, 0, length * 2);
      for (let i = 0; i < length; i++) values[i] = pairs[2 * i];
    } else for (let i = 0; i < length; i++) values[i] = this.unscaled(buffer, i);
    return new Int64Column(this.type, length, bits, values);
  }
  unscaled(buffer, i) {
    const view = new DataView(buffer, i * this.width, this.width);
    if (this.width === 4) return BigInt(view.getInt32(0, true)) * this.factor;
    if (this.width === 8) return view.getBigInt64(0, true) * this.factor;
    return (view.getBigInt64(8, true) << 64n | view.getBigUint64(0, true)) * this.factor;
  }
  store(values, i, unscaled) {
    values[2 * i] = BigInt.asIntN(64, unscaled);
    values[2 * i + 1] = BigInt.asIntN(64, unscaled >> 64n);
  }
};

// packages/format-parquet/src/arrow/arrow-reader.ts
function positionOf(fields, name) {
  const exact = fields.findIndex((field) => field.name === name);
  if (exact >= 0) return exact;
  return fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
}
function arrowReader(field, type) {
  if (field.dictionary !== void 0) {
    const values = arrowReader(field.dictionary, type);
    const isCode = field.format !== "l" && field.format !== "L";
    return values && isCode ? new DictionaryReader(type, new NumberReader(IntegerType, field.format), values) : void 0;
  }
  const { format } = field;
  switch (type.kind) {
    case "boolean":
      return format === "b" ? new BooleanReader(type) : void 0;
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "float":
    case "double":
      return numberReader(format, type);
    case "decimal":
      return decimalReader(format, type);
    case "string":
    case "char":
    case "varchar":
    case "binary":
      return /^([uUzZ]|w:\d+)$/.test(format) ? new BytesReader(type, format) : void 0;
    case "date":
      if (format === "tdD") return new NumberReader(type, format);
      return format === "tdm" ? new Int64Reader(type, format) : void 0;
    case "timestamp":
    case "timestamp_ntz":
      if (format.startsWith("ts")) return new Int64Reader(type, format);
      return format === "tdD" && type.kind === "timestamp_ntz" ? new NumberReader(type, format) : void 0;
    case "time":
      if (format === "tts" || format === "ttm") return new NumberReader(type, format);
      return format === "ttu" || format === "ttn" ? new Int64Reader(type, format) : void 0;
    case "yearMonthInterval":
      return format === "i" ? new NumberReader(type, format) : void 0;
    case "dayTimeInterval":
      return format === "l" ? new Int64Reader(type, format) : void 0;
    case "void":
      return format === "n" ? new NothingReader(type) : void 0;
    default:
      return nestedReader(field, type);
  }
}
var WIDENINGS = {
  byte: "c",
  short: "csC",
  integer: "csiCS",
  long: "csilCSI",
  float: "f",
  double: "csifgCSI"
};
function numberReader(format, type) {
  if (format.length !== 1 || !WIDENINGS[type.kind].includes(format)) return void 0;
  return format === "l" ? new Int64Reader(type, format) : new NumberReader(type, format);
}
function decimalReader(format, type) {
  if (format === "L") return type.precision - type.scale >= 20 ? new DecimalReader(type, "L") : void 0;
  if (!format.startsWith("d:")) return void 0;
  const found = decimalOf(format);
  if (found === void 0 || type.scale < found.scale) return void 0;
  return type.precision - type.scale >= found.precision - found.scale ? new DecimalReader(type, format) : void 0;
}
function nestedReader(field, type) {
  const { format, children } = field;
  if (type.kind === "array" && (format === "+l" || format === "+L" || format.startsWith("+w"))) {
    const elements = arrowReader(children[0], type.elementType);
    return elements && new ListReader(ArrayType(type.elementType, type.containsNull), format, elements);
  }
  if (type.kind === "map" && format === "+m") {
    const [key, value] = children[0].children;
    const keys = arrowReader(key, type.keyType);
    const values = arrowReader(value, type.valueType);
    return keys && values && new MapReader(type, keys, values);
  }
  return type.kind === "struct" && format === "+s" ? structReader(children, type) : void 0;
}
function structReader(children, type) {
  const positions = type.fields.map(({ name }) => positionOf(children, name));
  const readers = type.fields.map((field, k) => {
    return positions[k] < 0 ? new NullFill(field.type) : arrowReader(children[positions[k]], field.type);
  });
  if (readers.includes(void 0)) return void 0;
  return new StructReader(type, positions, readers);
}

// packages/format-parquet/src/read/wasm-scan.ts
var ROWS_AT_A_TIME = 8192;
async function* wasmScan(schema2, groups, path2, context2, signal) {
  const open2 = await openParquet(context2.fileSystem, path2);
  try {
    const plan = new ColumnPlan(schema2, open2, path2);
    for (const { index } of groups) {
      signal.throwIfAborted();
      yield* readRowGroup(open2, index, plan, path2, signal);
    }
  } finally {
    await open2.close();
  }
}
async function* readRowGroup({ wasm, file }, index, plan, path2, signal) {
  const options = { rowGroups: [index], columns: [...plan.names], batchSize: ROWS_AT_A_TIME };
  const reader = (await guarded(path2, () => file.stream(options))).getReader();
  try {
    for (; ; ) {
      signal.throwIfAborted();
      const { done, value } = await guarded(path2, () => reader.read());
      if (done) return;
      const exported = value.intoFFI();
      let batch;
      try {
        batch = plan.batch(wasm.wasmMemory().buffer, exported.schemaAddr(), exported.arrayAddr());
      } finally {
        exported.free();
      }
      yield batch;
    }
  } finally {
    await reader.cancel().catch(() => {
    });
  }
}
async function guarded(path2, call) {
  try {
    return await call();
  } catch (cause) {
    throw StreamError.is(cause) ? cause : badData(path2, cause);
  }
}
var ColumnPlan = class {
  /** Names of the file's columns that are read. */
  names;
  schema;
  sources;
  positions;
  constructor(schema2, { fields }, path2) {
    this.schema = schema2;
    this.sources = schema2.fields.map(({ name, type }) => {
      const field = fields[positionOf(fields, name)];
      if (field === void 0) return new NullFill(type);
      const reader = arrowReader(field, type);
      if (reader !== void 0) return { name: field.name, reader };
      throw typeMismatch(path2, name, type, typeOfArrow(field)?.kind ?? field.format);
    });
    this.names = [
      ...new Set(this.sources.flatMap((source) => source instanceof NullFill ? [] : [source.name]))
    ];
  }
  batch(memory, schemaAddress, arrayAddress) {
    this.positions ??= this.findPositions(memory, schemaAddress);
    const array = new ArrowArray(memory, arrayAddress);
    const columns2 = this.sources.map((source, k) => {
      if (source instanceof NullFill) return source.rows(array.length);
      return source.reader.read(array.child(this.positions[k]));
    });
    return new Batch(this.schema, columns2, array.length);
  }
  findPositions(memory, schemaAddress) {
    const fields = readArrowField(memory, schemaAddress).children;
    return this.sources.map((source) => {
      return source instanceof NullFill ? -1 : fields.findIndex(({ name }) => name === source.name);
    });
  }
};

// packages/format-parquet/bench/decode.ts
var ROUNDS = 7;
var context = { fileSystem: localFileSystem(), timeZone: "UTC", conf: () => void 0 };
async function* direct(path2, schema2) {
  const footer = await openFooter(context.fileSystem, path2);
  const groups = footer.metadata.rowGroups;
  const columns2 = schema2.fieldNames().map((name) => columnNamed(footer.columns, name));
  const scan = DirectScan.plan(footer, schema2, columns2, groups);
  if (scan === void 0) throw new Error("the direct decoder cannot read these columns");
  for (const [index, group] of groups.entries()) yield* scan.rows(group, index, new AbortController().signal);
  await footer.file.close();
}
async function* byWasm(path2, schema2) {
  const footer = await openFooter(context.fileSystem, path2);
  await footer.file.close();
  const groups = footer.metadata.rowGroups.map((group, index) => ({ group, index }));
  yield* wasmScan(schema2, groups, path2, context, new AbortController().signal);
}
async function measure(name, decoder2, path2, schema2) {
  let best = Infinity;
  let rows = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    rows = 0;
    for await (const { rowCount } of decoder2(path2, schema2)) rows += rowCount;
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  const rate = (rows / best / 1e6).toFixed(1);
  console.log(`${name.padEnd(14)} ${rows} rows, ${best.toFixed(3)} CPU-s, ${rate}M rows per CPU-second`);
}
var [path = "", wanted] = process.argv.slice(2);
var entry = await context.fileSystem.stat(path);
if (entry === null) throw new Error(`there is no file ${path}`);
var schema = await inferParquetSchema([entry], new Options(), context);
var names = wanted === void 0 ? schema.fieldNames() : wanted.split(",");
var columns = new StructType(names.map((name) => schema.field(name)));
await measure("direct", direct, path, columns);
await measure("parquet-wasm", byWasm, path, columns);
