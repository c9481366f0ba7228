import {
  BinaryType,
  BooleanType,
  type DataType,
  DoubleType,
  type FunctionConstant,
  type FunctionSubject,
  IntegerType,
  LongType,
  NullType,
  parseTypeText,
  StringType,
  TimestampType,
} from "@ss/core";
import {
  call,
  type Expression,
  literal,
  type SortOrder,
  type UnresolvedCall,
} from "../expression/expression.js";
import { parseAttributePath } from "../parser/attribute-path.js";
import { notColumn } from "./not-column.js";
import type { WindowSpecification } from "./window-spec.js";

/** A column, or the name of one. */
export type ColumnOrName = Column | string;

/** Values that stand for a literal where a column is expected. */
export type LiteralValue = null | boolean | number | bigint | string | Date | Uint8Array;

const INT_MAX = 2147483647;

/** An expression over the columns of a DataFrame. Immutable; nothing is looked up before the DataFrame runs. */
export class Column implements FunctionSubject<Column> {
  /** The unresolved expression. */
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }

  private with(name: string, ...others: (Column | LiteralValue)[]): Column {
    return new Column(call(name, this.expression, ...others.map((other) => toColumn(other).expression)));
  }

  /** `this + other`. */
  plus(other: Column | LiteralValue): Column {
    return this.with("+", other);
  }
  /** `this - other`. */
  minus(other: Column | LiteralValue): Column {
    return this.with("-", other);
  }
  /** `this * other`. */
  multiply(other: Column | LiteralValue): Column {
    return this.with("*", other);
  }
  /** `this / other`; a DOUBLE or DECIMAL, also for integers. */
  divide(other: Column | LiteralValue): Column {
    return this.with("/", other);
  }
  /** The remainder, with the sign of the dividend. */
  mod(other: Column | LiteralValue): Column {
    return this.with("%", other);
  }
  /** `-this`. */
  negate(): Column {
    return this.with("negative");
  }
  /** `this = other`; null if either is null. */
  equalTo(other: Column | LiteralValue): Column {
    return this.with("=", other);
  }
  /** `this = other`. */
  eq(other: Column | LiteralValue): Column {
    return this.with("=", other);
  }
  /** `this <=> other`: true also if both are null. */
  eqNullSafe(other: Column | LiteralValue): Column {
    return this.with("<=>", other);
  }
  /** `this <> other`. */
  notEqual(other: Column | LiteralValue): Column {
    return new Column(call("not", call("=", this.expression, toColumn(other).expression)));
  }
  /** `this > other`. */
  gt(other: Column | LiteralValue): Column {
    return this.with(">", other);
  }
  /** `this >= other`. */
  geq(other: Column | LiteralValue): Column {
    return this.with(">=", other);
  }
  /** `this < other`. */
  lt(other: Column | LiteralValue): Column {
    return this.with("<", other);
  }
  /** `this <= other`. */
  leq(other: Column | LiteralValue): Column {
    return this.with("<=", other);
  }
  /** `this BETWEEN lower AND upper`, both inclusive. */
  between(lower: Column | LiteralValue, upper: Column | LiteralValue): Column {
    return this.geq(lower).and(this.leq(upper));
  }
  and(other: Column | LiteralValue): Column {
    return this.with("and", other);
  }
  or(other: Column | LiteralValue): Column {
    return this.with("or", other);
  }
  not(): Column {
    return this.with("not");
  }
  isNull(): Column {
    return this.with("isnull");
  }
  isNotNull(): Column {
    return this.with("isnotnull");
  }
  isNaN(): Column {
    return this.with("isnan");
  }
  /** Whether the value is among the given ones. */
  isin(...values: (Column | LiteralValue)[]): Column {
    return this.with("in", ...values);
  }
  /** SQL LIKE. */
  like(pattern: string): Column {
    return this.with("like", pattern);
  }
  /** LIKE without regard to case. */
  ilike(pattern: string): Column {
    return this.with("ilike", pattern);
  }
  /** Whether a regular expression matches somewhere. */
  rlike(pattern: string): Column {
    return this.with("rlike", pattern);
  }
  contains(other: Column | LiteralValue): Column {
    return this.with("contains", other);
  }
  startsWith(other: Column | LiteralValue): Column {
    return this.with("startswith", other);
  }
  endsWith(other: Column | LiteralValue): Column {
    return this.with("endswith", other);
  }
  /** `length` characters from position `start`, which counts from 1. */
  substr(start: Column | number, length: Column | number): Column {
    return this.with("substr", start, length);
  }
  bitwiseAND(other: Column | LiteralValue): Column {
    return this.with("&", other);
  }
  bitwiseOR(other: Column | LiteralValue): Column {
    return this.with("|", other);
  }
  bitwiseXOR(other: Column | LiteralValue): Column {
    return this.with("^", other);
  }
  /** An element of an array (from 0), the value of a map's key, or a field of a struct. */
  getItem(key: Column | LiteralValue): Column {
    return this.with("getItem", key);
  }
  /** A field of a struct. */
  getField(name: string): Column {
    return this.with("getItem", name);
  }
  /** `CAST(this AS type)`; the type as a value or as text. */
  cast(type: DataType | string): Column {
    return new Column({ kind: "cast", child: this.expression, type: typeOrText(type), mode: "cast" });
  }
  /** Like `cast`, but null where the cast fails. */
  tryCast(type: DataType | string): Column {
    return new Column({ kind: "cast", child: this.expression, type: typeOrText(type), mode: "try" });
  }
  /** This column under another name; several names for the columns of a generator. */
  as(...names: [string, ...string[]]): Column {
    return new Column({ kind: "alias", child: this.expression, names, id: 0 });
  }
  /** This column under another name. */
  alias(...names: [string, ...string[]]): Column {
    return this.as(...names);
  }
  /** Another branch of `when(...)`. */
  when(condition: Column, value: Column | LiteralValue): Column {
    const branches = this.expression as UnresolvedCall;
    return new Column(call("when", ...branches.args, condition.expression, toColumn(value).expression));
  }
  /** What `when(...)` gives where no condition holds; null without it. */
  otherwise(value: Column | LiteralValue): Column {
    const branches = this.expression as UnresolvedCall;
    return new Column(call("when", ...branches.args, toColumn(value).expression));
  }
  /** Ascending, nulls first. */
  asc(): Column {
    return this.order(true, true);
  }
  asc_nulls_first(): Column {
    return this.order(true, true);
  }
  asc_nulls_last(): Column {
    return this.order(true, false);
  }
  /** Descending, nulls last. */
  desc(): Column {
    return this.order(false, false);
  }
  desc_nulls_first(): Column {
    return this.order(false, true);
  }
  desc_nulls_last(): Column {
    return this.order(false, false);
  }
  private order(ascending: boolean, nullsFirst: boolean): Column {
    return new Column({ kind: "sortOrder", child: this.expression, ascending, nullsFirst });
  }
  /** A call of a SQL function by name with this as its first argument: what plug-ins bring, such as `from_avro`. */
  callFunction(name: string, ...args: readonly (Column | FunctionConstant)[]): Column {
    return new Column(call(name, this.expression, ...args.map(argumentOf)));
  }
  /** A function over a window of rows. */
  over(window: WindowSpecification): Column {
    return new Column({ kind: "window", call: this.expression, spec: window.spec });
  }
}

function argumentOf(argument: Column | FunctionConstant): Expression {
  if (argument === null || typeof argument !== "object" || argument instanceof Uint8Array)
    return literalOf(argument);
  if (argument instanceof Column) return argument.expression;
  return call("map", ...Object.entries(argument).flat().map(literalOf));
}

function typeOrText(type: DataType | string): DataType {
  return typeof type === "string" ? parseTypeText(type) : type;
}

/** The column of a name: `a`, `t.a`, `s.field`, `*`, `t.*`. */
export function namedColumn(name: string): Column {
  if (name === "*") return new Column({ kind: "star" });
  if (name.endsWith(".*")) return new Column({ kind: "star", target: parseAttributePath(name.slice(0, -2)) });
  return new Column({ kind: "unresolvedAttribute", parts: parseAttributePath(name) });
}

/** A column as it is, or the column of a name. */
export function columnOf(column: ColumnOrName): Column {
  if (typeof column === "string") return namedColumn(column);
  if (column instanceof Column) return column;
  throw notColumn(column);
}

/** A column as it is, or a literal. */
export function toColumn(value: Column | LiteralValue): Column {
  return value instanceof Column ? value : new Column(literalOf(value));
}

/** The literal of a JavaScript value: integers are INT where they fit, else BIGINT; other numbers DOUBLE. */
export function literalOf(value: LiteralValue): Expression {
  switch (typeof value) {
    case "boolean":
      return literal(value, BooleanType);
    case "number":
      if (!Number.isInteger(value) || Object.is(value, -0)) return literal(value, DoubleType);
      if (Math.abs(value) <= INT_MAX) return literal(value, IntegerType);
      return Number.isSafeInteger(value) ? literal(BigInt(value), LongType) : literal(value, DoubleType);
    case "bigint":
      return literal(value, LongType);
    case "string":
      return literal(value, StringType);
  }
  if (value === null) return literal(null, NullType);
  if (value instanceof Date) return literal(BigInt(value.getTime()) * 1000n, TimestampType);
  return literal(value, BinaryType);
}

/** A column as an ordering: ascending unless it says otherwise. */
export function sortOrderOf(column: ColumnOrName): SortOrder {
  const { expression } = columnOf(column);
  if (expression.kind === "sortOrder") return expression;
  return { kind: "sortOrder", child: expression, ascending: true, nullsFirst: true };
}
