import { type Column, columnBuilder, type DataType, layoutOf, StreamError } from "@ss/core";
import { exists } from "../../expression/children.js";
import type { Code } from "../../expression/code.js";
import type { Alias, Attribute, Expression } from "../../expression/expression.js";
import { isRepeatable } from "../../expression/repeatable.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import { anyNull } from "./codes.js";
import { columnCode, columnSignature, elementCode } from "./column-code.js";
import { neverNullWhere } from "./never-null.js";
import { OutputBuffer } from "./output.js";
import { OutputWriter } from "./output-writer.js";
import { type RunClock, StageRuntime } from "./runtime.js";
import { type Binding, type StageSettings, StageWriter } from "./stage-writer.js";

/** `explode` and its kin, fused into the loop: one row per element. */
export interface StageGenerator {
  readonly list: Expression;
  /** What the elements are called: for an array the element, for a map the key and the value. */
  readonly attributes: readonly Attribute[];
  /** The position of the element, for `posexplode`. */
  readonly position?: Attribute | undefined;
  /** A row with nulls where there is no element. */
  readonly outer: boolean;
}

/** What a stage does with each row: filter, maybe generate, filter again, compute. */
export interface StageSpec {
  readonly input: readonly Attribute[];
  /** Named values that everything else may use. */
  readonly definitions?: readonly Alias[] | undefined;
  readonly conditions: readonly Expression[];
  readonly generator?: StageGenerator | undefined;
  /** Conditions on what the generator made. */
  readonly laterConditions?: readonly Expression[] | undefined;
  readonly outputs: readonly Expression[];
}

type Loop = (columns: readonly Column[], rowCount: number) => number;

interface Variant {
  readonly loop: Loop;
  readonly text: string;
}

/**
 * Filters and projections of a plan as one generated function, made once per shape of input (layouts, presence of
 * nulls) and kept. Columns that are handed on unchanged by a stage without filter are the very columns of the input.
 */
export class Stage {
  private readonly spec: StageSpec;
  private readonly settings: StageSettings;
  private readonly runtime = new StageRuntime();
  private readonly buffers: OutputBuffer[];
  private readonly variants = new Map<string, Variant>();
  /** Per output: the input column that it is, or -1. */
  private readonly passed: readonly number[];
  /** Whether the stage hands its input's columns on and does nothing else. */
  private readonly passesAll: boolean;
  private readonly types: readonly DataType[];

  constructor(spec: StageSpec, settings: StageSettings) {
    this.spec = spec;
    this.settings = settings;
    this.types = spec.outputs.map(typeOf);
    this.buffers = this.types.map((type) => new OutputBuffer(type));
    const filtered = spec.conditions.length > 0 || spec.generator !== undefined;
    this.passed = spec.outputs.map((output) => (filtered ? -1 : inputIndex(output, spec.input)));
    // without outputs a filter still counts rows
    this.passesAll = !filtered && this.passed.every((index) => index >= 0);
  }

  /** Runs the stage over a batch. */
  run(columns: readonly Column[], rowCount: number, clock: RunClock): Rows {
    if (this.passesAll) {
      return { columns: this.passed.map((index) => columns[index]!), rowCount };
    }
    if (this.runtime.clock !== clock) this.runtime.forget();
    this.runtime.clock = clock;
    this.runtime.reset();
    const { loop } = this.variant(columns, rowCount);
    const capacity = Math.max(rowCount, 1);
    this.buffers.forEach((buffer, k) => {
      if (this.passed[k]! < 0) buffer.start(capacity);
    });
    const count = loop(columns, rowCount);
    const out = this.buffers.map((buffer, k) => {
      const index = this.passed[k]!;
      return index >= 0 ? columns[index]! : buffer.column(count);
    });
    return { columns: out, rowCount: count };
  }

  /** The rows that conditions of {@link refuseFunctions} have kept back since it was last asked. */
  takeRefused(): Rows | undefined {
    return this.runtime.takeRefused();
  }

  /** The generated text: of every shape of input so far, or, before the first, of plain columns. */
  text(): string {
    if (this.passesAll) return "";
    if (this.variants.size === 0) this.variant(this.spec.input.map(plainColumn), 0);
    return [...this.variants.values()].map((variant) => variant.text).join("\n\n");
  }

  private variant(columns: readonly Column[], rowCount: number): Variant {
    const small = columns.map((column) => isSmallDictionary(column, rowCount));
    const signature = columns
      .map((column, k) => (small[k] ? `${columnSignature(column)}*` : columnSignature(column)))
      .join();
    let variant = this.variants.get(signature);
    if (variant === undefined) {
      variant = this.generate(columns, small);
      this.variants.set(signature, variant);
    }
    return variant;
  }

  private generate(columns: readonly Column[], small: readonly boolean[]): Variant {
    const { spec, runtime, buffers } = this;
    const bindings = new Map<number, Binding>();
    const writer: StageWriter = new StageWriter(this.settings, bindings);
    writer.clock = () => runtime;
    spec.input.forEach((attribute, k) => {
      bindings.set(attribute.id, () => columnCode(columns[k]!, `columns[${k}]`, "i", writer.local));
    });
    for (const alias of spec.definitions ?? []) bindings.set(alias.id, () => writer.expression(alias.child));
    spec.conditions.forEach((condition, k) => {
      const input = memoInput(condition, spec.input, columns);
      if (input < 0) this.filter(writer, condition);
      else this.rememberingFilter(writer, condition, k, input, columns[input]!);
      for (const id of neverNullWhere(condition)) writer.narrow(id);
    });
    const epilogue: string[] = [];
    if (spec.generator) this.generateRows(writer, spec.generator, columns, epilogue);
    else this.writeOutputs(writer, columns, epilogue, undefined, small);
    const resets = [...new Set(writer.builders)].map((name) => `${name}.reset();`);
    const text = [
      ...resets,
      writer.preludeText(),
      "let o = 0;",
      `let cap = ${spec.generator ? "Math.max(n, 1)" : "n"};`,
      "row: for (let i = 0; i < n; i++) {",
      writer.bodyText(),
      "}",
      ...epilogue,
      "return o;",
    ].join("\n");
    const constantNames = writer.constants.map((_, k) => `k${k}`);
    const make = new Function(
      "rt",
      "outputs",
      "grow",
      ...constantNames,
      `return function (columns, n) {\n${text}\n};`,
    );
    const grow = (needed: number): number => {
      const capacity = needed * 2;
      for (const buffer of buffers) buffer.grow(capacity);
      return capacity;
    };
    return { loop: make(runtime, buffers, grow, ...writer.constants) as Loop, text };
  }

  /** The text of a test whether a condition does not hold. */
  private failing(writer: StageWriter, condition: Expression): string {
    const code = writer.expression(condition);
    if (code.layout !== "boolean") throw notBoolean(condition);
    return anyNull(code.isNull, code.value === "true" ? "false" : `!${code.value}`);
  }

  private filter(writer: StageWriter, condition: Expression): void {
    const fails = this.failing(writer, condition);
    if (fails !== "false") writer.write(`if (${fails}) continue;`);
  }

  /** A filter that looks at one dictionary-encoded column: it is computed once per entry that occurs. */
  private rememberingFilter(
    writer: StageWriter,
    condition: Expression,
    k: number,
    input: number,
    column: Column,
  ): void {
    const path = `columns[${input}]`;
    const code = `${writer.local(`${path}.codes`)}[i]`;
    const memo = writer.local(`rt.memo(${k}, ${path}.dictionary)`);
    const { isNull } = columnCode(column, path, "i", writer.local);
    const known = writer.variable(
      isNull === "false" ? `${memo}[${code}]` : `${isNull} ? 0 : ${memo}[${code}]`,
    );
    writer.when(`${known} === 0`, () => {
      writer.write(`${known} = (${this.failing(writer, condition)}) ? 1 : 2;`);
      writer.write(`${isNull === "false" ? "" : `if (!${isNull}) `}${memo}[${code}] = ${known};`);
    });
    writer.write(`if (${known} === 1) continue;`);
  }

  private generateRows(
    writer: StageWriter,
    generator: StageGenerator,
    columns: readonly Column[],
    epilogue: string[],
  ): void {
    const list = writer.expression(generator.list);
    if (list.layout !== "list" && list.layout !== "map") throw notBoolean(generator.list);
    const length = writer.variable(
      list.isNull === "false" ? list.length : `(${list.isNull}) ? 0 : ${list.length}`,
    );
    const start = writer.variable(list.start);
    const sources = list.layout === "list" ? [list.column] : [list.keys, list.mapValues];
    const held = sources.map((source) => (writer.stable.has(source) ? source : writer.variable(source)));
    const end = generator.outer ? `Math.max(1, ${length})` : length;
    // room for all elements at once, so that the arrays stay what they are while those are written
    writer.write(`if (o + ${end} > cap) cap = grow(o + ${end});`);
    const place = writer.place;
    writer.write(`for (let g = 0; g < ${end}; g++) {`);
    const beyond = generator.outer ? `(g >= ${length})` : "false";
    generator.attributes.forEach((attribute, k) => {
      const code = elementCode(attribute.type, held[k]!, `(${start} + g)`);
      const stableSource = writer.stable.has(held[k]!);
      const withData =
        code.layout === "bytes" && stableSource
          ? this.elementBytes(writer, attribute.type, held[k]!, start, place)
          : code;
      const isNull = holdsNull(list.type, k) ? code.isNull : "false";
      writer.bind(attribute.id, { ...withData, isNull: anyNull(beyond, isNull) } as Code);
    });
    if (generator.position) {
      writer.bind(generator.position.id, {
        type: generator.position.type,
        isNull: beyond,
        layout: "int32",
        value: "g",
      });
    }
    for (const condition of this.spec.laterConditions ?? []) this.filter(writer, condition);
    this.writeOutputs(writer, columns, epilogue, place);
    writer.write("}");
  }

  /** Elements that are bytes. Arrays of an input column hold for the batch, those of a builder for the elements of a row. */
  private elementBytes(
    writer: StageWriter,
    type: DataType,
    source: string,
    start: string,
    place: number,
  ): Code {
    const isBuilt = writer.builders.includes(source);
    const array = (name: string): string => {
      const path = `${source}.${name}`;
      return isBuilt ? writer.hoisted(path, place) : writer.local(path);
    };
    const element = `[${start} + g]`;
    return {
      type,
      isNull: `${source}.isNull(${start} + g)`,
      layout: "bytes",
      data: isBuilt ? `${source}.data` : array("data"),
      start: array("starts") + element,
      length: array("lengths") + element,
    };
  }

  private writeOutputs(
    writer: StageWriter,
    columns: readonly Column[],
    epilogue: string[],
    place?: number,
    small: readonly boolean[] = [],
  ): void {
    this.spec.outputs.forEach((output, k) => {
      if (this.passed[k]! >= 0) return;
      const sink = new OutputWriter(writer, place, epilogue);
      const index = inputIndex(output, this.spec.input);
      const column = columns[index];
      if (column?.layout === "dictionary") {
        this.buffers[k]!.usesCodes = true;
        const { isNull } = writer.expression(output);
        sink.entry(isNull, `columns[${index}]`, `outputs[${k}]`);
        return;
      }
      const input = memoInput(output, this.spec.input, columns);
      if (small[input] && isWorthRemembering(output, columns[input]!)) {
        this.rememberedOutput(writer, sink, output, k, input, columns[input]!);
      } else sink.write(writer.expression(output), `outputs[${k}]`);
    });
    writer.write("o++;");
  }

  /** An output that looks at one dictionary-encoded column: it is computed once per entry that occurs. */
  private rememberedOutput(
    writer: StageWriter,
    sink: OutputWriter,
    output: Expression,
    k: number,
    input: number,
    column: Column,
  ): void {
    const path = `columns[${input}]`;
    const type = typeOf(output);
    const results = writer.local(`rt.results(${k}, ${path}.dictionary, ${writer.constant(type)})`);
    const places = writer.local(`${results}.places`);
    const { isNull } = columnCode(column, path, "i", writer.local);
    const code = `${writer.local(`${path}.codes`)}[i]`;
    const entry = writer.variable(isNull === "false" ? code : `${isNull} ? ${results}.nullEntry : ${code}`);
    const place = writer.variable(`${places}[${entry}]`);
    let nullable = true;
    writer.when(`${place} === 0`, () => {
      const value = writer.expression(output);
      nullable = value.isNull !== "false";
      const builder = `${results}.builder`;
      const append =
        value.layout === "bytes"
          ? `${builder}.appendBytes(${value.data}, ${value.start}, ${value.length});`
          : `${builder}.append(${writer.box({ ...value, isNull: "false" } as Code)});`;
      const put = `{ ${append} ${place} = ${builder}.length; }`;
      if (value.isNull === "true") writer.write(`${place} = -1;`);
      else writer.write(nullable ? `if (${value.isNull}) ${place} = -1; else ${put}` : put);
      writer.write(`${places}[${entry}] = ${place};`);
    });
    if (layoutOf(type) === "bytes") this.buffers[k]!.usesCodes = true;
    sink.remembered(place, results, nullable, type, `outputs[${k}]`);
  }
}

/** Whether elements of a list, or keys (0) and values (1) of a map, may be null. */
function holdsNull(type: DataType, part: number): boolean {
  if (type.kind === "array") return type.containsNull;
  return type.kind === "map" && part === 1 && type.valueContainsNull;
}

function inputIndex(output: Expression, input: readonly Attribute[]): number {
  const inner = output.kind === "alias" ? output.child : output;
  if (inner.kind !== "attribute") return -1;
  return input.findIndex((attribute) => attribute.id === inner.id);
}

/**
 * The dictionary-encoded input column that a condition looks at, if it looks at no other and is worth remembering; else -1. A condition
 * on definitions looks at what they are made of, which is not followed here.
 */
function memoInput(condition: Expression, input: readonly Attribute[], columns: readonly Column[]): number {
  const ids = new Set<number>();
  const isPlain = !exists(condition, (part) => {
    if (part.kind === "attribute") ids.add(part.id);
    return part.kind === "lambda";
  });
  if (!isPlain || ids.size !== 1 || !isRepeatable(condition)) return -1;
  if (condition.kind === "scalar" && NULL_TESTS.has(condition.fn.names[0]!)) return -1;
  const index = input.findIndex((attribute) => ids.has(attribute.id));
  return columns[index]?.layout === "dictionary" ? index : -1;
}

/** Whether a batch has more rows than its column has different values, so that something is saved by remembering. */
function isSmallDictionary(column: Column, rowCount: number): boolean {
  return column.layout === "dictionary" && column.dictionary.length < rowCount;
}

/** Whether an output is dearer to compute than to look up: what makes a text, and what reads one. */
function isWorthRemembering(output: Expression, column: Column): boolean {
  const inner = output.kind === "alias" ? output.child : output;
  if (inner.kind !== "scalar" && inner.kind !== "cast") return false;
  const layout = layoutOf(typeOf(inner));
  if (layout === "bytes") return true;
  const readsBytes = column.layout === "dictionary" && column.dictionary.layout === "bytes";
  return readsBytes && PLAIN_LAYOUTS.has(layout);
}

const PLAIN_LAYOUTS: ReadonlySet<string> = new Set([
  "boolean",
  "int8",
  "int16",
  "int32",
  "int64",
  "float32",
  "float64",
]);

/** Conditions that are quicker to compute than to remember. */
const NULL_TESTS: ReadonlySet<string> = new Set(["isnull", "isnotnull"]);

function notBoolean(expression: Expression): StreamError {
  return new StreamError({
    condition: "INTERNAL_ERROR",
    message: `An expression of type ${typeOf(expression).kind} stands where another is needed.`,
  });
}

/** A column of an attribute as a source most often gives it, with nulls where there may be some. */
function plainColumn({ type, nullable }: Attribute): Column {
  const builder = columnBuilder(type);
  if (nullable) builder.appendNull();
  return builder.finish();
}

/** The generated functions of a plan, for `explain("codegen")`. */
export function stagesText(stages: readonly Stage[]): string {
  const texts = stages.map((stage) => stage.text()).filter((text) => text !== "");
  return texts.map((text, k) => `== Stage ${k + 1} of ${texts.length} ==\n${text}`).join("\n\n");
}
