import {
  assert,
  batchFromRows,
  type ColumnBuilder,
  columnBuilder,
  type DataType,
  layoutOf,
  StructField,
  StructType,
  structChildren,
  type Value,
} from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Cast, Expression, Lambda, ScalarCall, UserFunction } from "../../expression/expression.js";
import type { EmitCall } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { emitCast } from "../../functions/cast/emit-cast.js";
import { userFunctionCaller } from "../user-function.js";
import { anyNull, defaults, nullCode } from "./codes.js";
import { columnCode } from "./column-code.js";

const encoder = new TextEncoder();

/** What an expression's casts and functions have to know about the session. */
export interface StageSettings {
  readonly ansi: boolean;
  readonly timeZone: string;
}

/** Where a column of the input comes from, made on first use. */
export type Binding = () => Code;

/** Collects the text of one generated function and the values that it refers to. */
export class StageWriter implements CodeWriter {
  readonly row: string = "i";
  readonly runtime = "rt";
  readonly constants: unknown[] = [];
  /** Names whose value holds for the whole batch: columns' arrays, and the arena (by position). */
  readonly stable: Set<string> = new Set();
  /** Builders that hold lists made in the loop; emptied for each batch. */
  readonly builders: string[] = [];
  private readonly settings: StageSettings;
  private readonly bindings: ReadonlyMap<number, Binding>;
  private readonly locals = new Map<string, string>();
  private readonly prelude: string[] = [];
  private readonly lines: string[] = [];
  private scopes: Map<unknown, Code>[] = [new Map()];
  private names = 0;
  private readonly constantNames = new Map<unknown, string>();

  constructor(settings: StageSettings, bindings: ReadonlyMap<number, Binding>) {
    this.settings = settings;
    this.bindings = bindings;
  }

  /** The statements before the loop. */
  preludeText(): string {
    return this.prelude.join("\n");
  }

  /** The statements in the loop. */
  bodyText(): string {
    return this.lines.join("\n");
  }

  /** A constant of the whole batch, declared before the loop. */
  readonly local = (initial: string): string => {
    const known = this.locals.get(initial);
    if (known !== undefined) return known;
    const name = `a${this.names++}`;
    this.prelude.push(`const ${name} = ${initial};`);
    this.locals.set(initial, name);
    this.stable.add(name);
    return name;
  };

  variable(initial = "undefined"): string {
    const name = `x${this.names++}`;
    this.lines.push(`let ${name} = ${initial};`);
    return name;
  }

  carried(initial: string): string {
    const name = `c${this.names++}`;
    this.prelude.push(`let ${name} = ${initial};`);
    return name;
  }

  write(statement: string): void {
    this.lines.push(statement);
  }

  /** The place behind the statements so far, for `hoisted`. */
  get place(): number {
    return this.lines.length;
  }

  /** A constant declared at an earlier place of the loop, the same one for the same text. */
  hoisted(initial: string, place: number): string {
    const key = `${place}:${initial}`;
    const known = this.locals.get(key);
    if (known !== undefined) return known;
    const name = `h${this.names++}`;
    this.lines.splice(place, 0, `const ${name} = ${initial};`);
    this.locals.set(key, name);
    return name;
  }

  when(condition: string, body: () => void, otherwise?: () => void): void {
    if (condition !== "true") this.lines.push(`if (${condition}) {`);
    else this.lines.push("{");
    this.scoped(body);
    if (otherwise && condition !== "true") {
      this.lines.push("} else {");
      this.scoped(otherwise);
    }
    this.lines.push("}");
  }

  private scoped(body: () => void): void {
    this.scopes.push(new Map());
    body();
    this.scopes.pop();
  }

  constant(value: unknown): string {
    const known = this.constantNames.get(value);
    if (known !== undefined) return known;
    const name = `k${this.constants.length}`;
    this.constants.push(value);
    this.constantNames.set(value, name);
    this.stable.add(name);
    return name;
  }

  expression(expression: Expression): Code {
    if (expression.kind === "alias") return this.expression(expression.child);
    const key = expression.kind === "attribute" ? expression.id : expression;
    for (let depth = this.scopes.length - 1; depth >= 0; depth--) {
      const known = this.scopes[depth]!.get(key);
      if (known !== undefined) return known;
    }
    const code = this.emit(expression);
    this.scopes[this.scopes.length - 1]!.set(key, code);
    return code;
  }

  /** From here on, in this scope, the column is known to be not null. */
  narrow(id: number): void {
    const binding = this.bindings.get(id);
    if (binding !== undefined) this.bind(id, { ...binding(), isNull: "false" });
  }

  /** Makes `code` the value of an attribute or lambda parameter within the current scope. */
  bind(id: number, code: Code): void {
    this.scopes[this.scopes.length - 1]!.set(id, code);
  }

  private emit(expression: Expression): Code {
    switch (expression.kind) {
      case "literal":
        return this.literal(expression.value, expression.type);
      case "attribute": {
        const binding = this.bindings.get(expression.id);
        assert(binding, `the column ${expression.name}#${expression.id} is not in the input of its stage`);
        return binding();
      }
      case "lambdaVariable": {
        for (const scope of this.scopes) {
          const code = scope.get(expression.id);
          if (code) return code;
        }
        break;
      }
      case "cast":
        return this.cast(expression);
      case "scalar":
        return expression.fn.emit
          ? expression.fn.emit(this, expression.args, callOf(expression))
          : this.boxedCall(expression);
      case "userFunction":
        return this.userFunction(expression);
    }
    assert(false, `an expression of kind ${expression.kind} reached code generation`);
  }

  private cast(expression: Cast): Code {
    const ansi = expression.ansi ?? this.settings.ansi;
    const { timeZone } = this.settings;
    const code = this.expression(expression.child);
    return emitCast(this, code, expression.type, {
      mode: expression.mode,
      ansi,
      timeZone,
      origin: expression.origin,
    });
  }

  private boxedCall(expression: ScalarCall): Code {
    const { fn, args, type, state } = expression;
    assert(fn.evaluate, `the function ${fn.names[0]} cannot be evaluated`);
    const evaluate = fn.evaluate({
      ansi: this.settings.ansi,
      timeZone: this.settings.timeZone,
      argTypes: args.map((arg) => (arg.kind === "lambda" ? typeOf(arg.body) : typeOf(arg))),
      type,
      state,
      origin: expression.origin,
      nowMs: () => this.clock().nowMs(),
      partition: () => this.clock().partition(),
    });
    const codes = args.map((arg) => (arg.kind === "lambda" ? null : this.expression(arg)));
    const propagating = fn.nullPropagating ?? true;
    const isNull = propagating ? anyNull(...codes.map((code) => code?.isNull ?? "false")) : "false";
    const texts = args.map((arg, k) =>
      arg.kind === "lambda" ? () => this.lambda(arg) : () => this.box(codes[k]!),
    );
    const invoke = (): string => `${this.constant(evaluate)}(${texts.map((text) => text()).join(", ")})`;
    return this.guarded(isNull, type, invoke);
  }

  /** The clock of the runtime that will run this code. */
  clock: () => { nowMs(): number; partition(): number } = () => ({ nowMs: () => 0, partition: () => 0 });

  /** Null where `isNull` holds, else the unboxed value of the text. */
  private guarded(isNull: string, type: DataType, text: () => string): Code {
    if (isNull === "false") return this.unbox(text(), type);
    const result = this.declare(type);
    this.when(
      isNull,
      () => this.assignNull(result),
      () => this.assign(result, this.unbox(text(), type)),
    );
    return result;
  }

  /** A lambda as the text of a JavaScript function from boxed values to a boxed value. */
  private lambda(lambda: Lambda): string {
    const name = `f${this.names++}`;
    const parameters = lambda.parameters.map(() => `p${this.names++}`);
    this.lines.push(`const ${name} = (${parameters.join(", ")}) => {`);
    this.scoped(() => {
      lambda.parameters.forEach((parameter, k) => {
        this.bind(parameter.id, this.unbox(parameters[k]!, parameter.type));
      });
      this.lines.push(`return ${this.box(this.expression(lambda.body))};`);
    });
    this.lines.push("};");
    return name;
  }

  private userFunction(expression: UserFunction): Code {
    const codes = expression.args.map((arg) => this.expression(arg));
    const caller = userFunctionCaller(expression);
    return this.unbox(
      `${this.constant(caller)}(${codes.map((code) => this.box(code)).join(", ")})`,
      expression.type,
    );
  }

  private literal(value: Value, type: DataType): Code {
    if (value === null) return nullCode(type);
    const layout = layoutOf(type);
    const isNull = "false";
    switch (layout) {
      case "boolean":
        return { type, isNull, layout, value: value === true ? "true" : "false" };
      case "int8":
      case "int16":
      case "int32":
      case "float32":
      case "float64":
        return { type, isNull, layout, value: this.number(value as number) };
      case "int64":
      case "int128":
        return { type, isNull, layout, value: this.bigint(value as bigint) };
      case "bytes": {
        const bytes = typeof value === "string" ? encoder.encode(value) : (value as Uint8Array);
        return { type, isNull, layout, data: this.constant(bytes), start: "0", length: String(bytes.length) };
      }
      default: {
        const schema = new StructType([StructField("value", type)]);
        const column = batchFromRows(schema, [[value]]).columns[0]!;
        return columnCode(column, this.constant(column), "0", this.local);
      }
    }
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) return this.constant(value);
    if (Object.is(value, -0)) return "(-0)";
    return value < 0 ? `(${value})` : String(value);
  }

  private bigint(value: bigint): string {
    return value < 0n ? `(${value}n)` : `${value}n`;
  }

  box(code: Code): string {
    const present = this.boxPresent(code);
    if (code.isNull === "false") return present;
    return code.isNull === "true" ? "null" : `(${code.isNull} ? null : ${present})`;
  }

  private boxPresent(code: Code): string {
    switch (code.layout) {
      case "bytes": {
        const method = code.type.kind === "binary" ? "binary" : "text";
        return `rt.${method}(${code.data}, ${code.start}, ${code.length})`;
      }
      case "list":
        return `rt.list(${code.column}, ${code.start}, ${code.length})`;
      case "map":
        return `rt.map(${code.keys}, ${code.mapValues}, ${code.start}, ${code.length})`;
      case "struct":
        return `[${code.fields.map((field) => this.box(field)).join(", ")}]`;
      case "interval":
        return `({ months: ${code.months}, days: ${code.days}, micros: ${code.micros} })`;
      case "null":
        return "null";
      default:
        return code.value;
    }
  }

  unbox(text: string, type: DataType): Code {
    const layout = layoutOf(type);
    const boxed = this.variable(text);
    const isNull = `(${boxed} === null)`;
    switch (layout) {
      case "boolean":
      case "int8":
      case "int16":
      case "int32":
      case "float32":
      case "float64":
      case "int64":
      case "int128":
        return { type, isNull, layout, value: boxed };
      case "bytes":
        return this.unboxBytes(boxed, isNull, type);
      case "interval":
        return {
          type,
          isNull,
          layout,
          months: `${boxed}.months`,
          days: `${boxed}.days`,
          micros: `${boxed}.micros`,
        };
      case "list": {
        const builder = this.listBuilder((type as Extract<DataType, { kind: "array" }>).elementType);
        const start = this.variable("0");
        const length = this.variable("0");
        this.write(
          `if (${boxed} !== null) { ${start} = ${builder}.length; ${length} = ${boxed}.length; for (let e = 0; e < ${length}; e++) ${builder}.append(${boxed}[e]); }`,
        );
        return { type, isNull, layout, column: builder, start, length };
      }
      case "map": {
        const map = type as Extract<DataType, { kind: "map" }>;
        const keys = this.listBuilder(map.keyType);
        const values = this.listBuilder(map.valueType);
        const start = this.variable("0");
        const length = this.variable("0");
        this.write(
          `if (${boxed} !== null) { ${start} = ${keys}.length; ${length} = ${boxed}.keys.length; for (let e = 0; e < ${length}; e++) { ${keys}.append(${boxed}.keys[e]); ${values}.append(${boxed}.values[e]); } }`,
        );
        return { type, isNull, layout, keys, mapValues: values, start, length };
      }
      case "struct": {
        const fields = structChildren(type).map((child, k) =>
          this.unbox(`(${boxed} === null ? null : ${boxed}[${k}])`, child),
        );
        return { type, isNull, layout, fields };
      }
      case "null":
        return { type, isNull: "true", layout };
    }
  }

  /** A builder for elements of lists that the loop makes; shared by one place in the code for the whole batch. */
  listBuilder(elementType: DataType): string {
    return this.builder(columnBuilder(elementType));
  }

  builder(builder: ColumnBuilder): string {
    const name = this.constant(builder);
    this.builders.push(name);
    return name;
  }

  private unboxBytes(boxed: string, isNull: string, type: DataType): Code {
    const start = this.variable("0");
    const length = this.variable("0");
    this.write(`if (${boxed} !== null) { rt.put(${boxed}); ${start} = rt.start; ${length} = rt.length; }`);
    return { type, isNull, layout: "bytes", data: "rt.bytes", start, length };
  }

  declare(type: DataType): Code {
    const shape = defaults(type, "true");
    const flag = this.variable("true");
    switch (shape.layout) {
      case "bytes":
        return {
          ...shape,
          isNull: flag,
          data: this.variable("rt.bytes"),
          start: this.variable("0"),
          length: this.variable("0"),
        };
      case "list":
        return {
          ...shape,
          isNull: flag,
          column: this.variable("null"),
          start: this.variable("0"),
          length: this.variable("0"),
        };
      case "map":
        return {
          ...shape,
          isNull: flag,
          keys: this.variable("null"),
          mapValues: this.variable("null"),
          start: this.variable("0"),
          length: this.variable("0"),
        };
      case "struct":
        return { ...shape, isNull: flag, fields: structChildren(type).map((child) => this.declare(child)) };
      case "interval":
        return {
          ...shape,
          isNull: flag,
          months: this.variable("0"),
          days: this.variable("0"),
          micros: this.variable("0n"),
        };
      case "null":
        return shape;
      default:
        return { ...shape, isNull: flag, value: this.variable(shape.value) };
    }
  }

  assign(target: Code, source: Code): void {
    if (target.layout === "null") return;
    if (source.isNull === "true") return this.assignNull(target);
    this.write(`${target.isNull} = ${source.isNull};`);
    const parts = partsOf(target, source);
    const copies = parts.map(([to, from]) => `${to} = ${from};`).join(" ");
    if (source.isNull === "false") this.write(copies);
    else this.write(`if (!${target.isNull}) { ${copies} }`);
    if (target.layout === "struct" && source.layout === "struct") {
      this.when(`!${target.isNull}`, () => {
        for (const [k, field] of target.fields.entries()) this.assign(field, source.fields[k]!);
      });
    }
  }

  assignNull(target: Code): void {
    if (target.layout !== "null") this.write(`${target.isNull} = true;`);
  }
}

function partsOf(target: Code, source: Code): (readonly [string, string])[] {
  if ("value" in target && "value" in source) return [[target.value, source.value]];
  const names = [
    "data",
    "column",
    "keys",
    "mapValues",
    "start",
    "length",
    "months",
    "days",
    "micros",
  ] as const;
  const to = target as unknown as Record<string, string>;
  const from = source as unknown as Record<string, string>;
  return names.filter((name) => name in to).map((name) => [to[name]!, from[name]!] as const);
}

function callOf({ type, nullable, state, name, origin, checked }: ScalarCall): EmitCall {
  return { type, nullable, state, name, origin, checked };
}
