import { type Column, columnBuilder, type DataType, type DictionaryColumn, StreamError } from "@ss/core";
import { exists } from "../../expression/children.js";
import type { Code } from "../../expression/code.js";
import type { Alias, Attribute, Expression } from "../../expression/expression.js";
import { isRepeatable } from "../../expression/repeatable.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import { anyNull } from "./codes.js";
import { columnCode, columnSignature, elementCode } from "./column-code.js";
import { OutputBuffer } from "./output.js";
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
    const { loop } = this.variant(columns);
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

  /** The generated text: of every shape of input so far, or, before the first, of plain columns. */
  text(): string {
    if (this.passesAll) return "";
    if (this.variants.size === 0) this.variant(this.spec.input.map(plainColumn));
    return [...this.variants.values()].map((variant) => variant.text).join("\n\n");
  }

  private variant(columns: readonly Column[]): Variant {
    const signature = columns.map(columnSignature).join();
    let variant = this.variants.get(signature);
    if (variant === undefined) {
      variant = this.generate(columns);
      this.variants.set(signature, variant);
    }
    return variant;
  }

  private generate(columns: readonly Column[]): Variant {
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
    });
    const epilogue: string[] = [];
    if (spec.generator) this.generateRows(writer, spec.generator, columns, epilogue);
    else this.writeOutputs(writer, columns, epilogue);
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
  ): void {
    this.spec.outputs.forEach((output, k) => {
      if (this.passed[k]! >= 0) return;
      const sink = new OutputWriter(writer, place, epilogue);
      const index = inputIndex(output, this.spec.input);
      const column = columns[index];
      if (column?.layout === "dictionary") {
        this.buffers[k]!.usesCodes = true;
        sink.entry(column, `columns[${index}]`, `outputs[${k}]`);
        return;
      }
      sink.write(writer.expression(output), `outputs[${k}]`);
    });
    writer.write("o++;");
  }
}

/** Writes one value into its output buffer, by layout. */
class OutputWriter {
  private readonly writer: StageWriter;
  /** Where the arrays of buffers that grow in the loop are at hand. */
  private readonly place: number | undefined;
  private readonly epilogue: string[];

  constructor(writer: StageWriter, place: number | undefined, epilogue: string[]) {
    this.writer = writer;
    this.place = place;
    this.epilogue = epilogue;
  }

  /** An array of the buffer: a constant of the batch, or of the elements of one row where the buffer may grow in the loop. */
  private array(path: string): string {
    return this.place === undefined ? this.writer.local(path) : this.writer.hoisted(path, this.place);
  }

  /** Hands a row of a dictionary-encoded column on as such. */
  entry(column: DictionaryColumn, source: string, path: string): void {
    const { writer } = this;
    const code = `${this.array(`${path}.codes`)}[o] = ${writer.local(`${source}.codes`)}[i];`;
    const { isNull } = columnCode(column, source, "i", writer.local);
    this.epilogue.push(`${path}.dictionary = ${source}.dictionary;`);
    if (isNull === "false") return writer.write(code);
    const bits = this.array(`${path}.validity`);
    writer.write(`if (${isNull}) ${path}.hasNull = 1; else { ${bits}[o >> 3] |= 1 << (o & 7); ${code} }`);
  }

  write(code: Code, path: string): void {
    const { writer } = this;
    if (code.isNull === "true" || code.layout === "null") {
      this.epilogue.push(`${path}.hasNull = 1;`);
      return;
    }
    if (code.isNull === "false") {
      // the bitmap matters only if another row may be null, which this code rules out
      this.present(code, path);
      return;
    }
    const bits = this.array(`${path}.validity`);
    writer.when(
      code.isNull,
      () => writer.write(`${path}.hasNull = 1;`),
      () => {
        writer.write(`${bits}[o >> 3] |= 1 << (o & 7);`);
        this.present({ ...code, isNull: "false" }, path);
      },
    );
    if (code.layout === "struct") this.nullChildren(code, path);
  }

  /** Children of a null struct are null too. */
  private nullChildren(code: Extract<Code, { layout: "struct" }>, path: string): void {
    this.writer.when(code.isNull, () => {
      code.fields.forEach((field, k) => {
        this.writer.write(`${path}.children[${k}].hasNull = 1;`);
        if (field.layout === "struct")
          this.nullChildren({ ...field, isNull: "true" }, `${path}.children[${k}]`);
      });
    });
  }

  private present(code: Code, path: string): void {
    const { writer } = this;
    switch (code.layout) {
      case "boolean":
        return writer.write(`${this.array(`${path}.values`)}[o] = ${code.value} ? 1 : 0;`);
      case "int8":
      case "int16":
      case "int32":
      case "float32":
      case "float64":
        return writer.write(`${this.array(`${path}.values`)}[o] = ${code.value};`);
      case "int64":
        return this.int64(code, path);
      case "int128": {
        const values = this.array(`${path}.values`);
        const value = writer.variable(code.value);
        return writer.write(
          `${values}[2 * o] = BigInt.asIntN(64, ${value}); ${values}[2 * o + 1] = ${value} >> 64n;`,
        );
      }
      case "bytes":
        return this.bytes(code, path);
      case "list":
        return this.parts([code.column], code.start, code.length, path);
      case "map":
        return this.parts([code.keys, code.mapValues], code.start, code.length, path);
      case "struct":
        for (const [k, field] of code.fields.entries()) this.child(field, `${path}.children[${k}]`);
        return;
      case "interval": {
        writer.write(`${this.array(`${path}.months`)}[o] = ${code.months};`);
        writer.write(`${this.array(`${path}.days`)}[o] = ${code.days};`);
        return writer.write(`${this.array(`${path}.micros`)}[o] = ${code.micros};`);
      }
    }
  }

  /** A field of a struct always keeps its bitmap, since the struct around it may be null in other rows. */
  private child(code: Code, path: string): void {
    if (code.isNull === "false" && code.layout !== "null") {
      this.writer.write(`${this.array(`${path}.validity`)}[o >> 3] |= 1 << (o & 7);`);
    }
    this.write(code, path);
  }

  private int64(code: Extract<Code, { layout: "int64" }>, path: string): void {
    if (code.pair) {
      const words = this.array(`${path}.words`);
      return this.writer.write(
        `${words}[2 * o] = ${code.pair.low}; ${words}[2 * o + 1] = ${code.pair.high};`,
      );
    }
    if (!code.words) return this.writer.write(`${this.array(`${path}.values`)}[o] = ${code.value};`);
    const words = this.array(`${path}.words`);
    const { array, index } = code.words;
    this.writer.write(
      `${words}[2 * o] = ${array}[2 * ${index}]; ${words}[2 * o + 1] = ${array}[2 * ${index} + 1];`,
    );
  }

  private bytes(code: Extract<Code, { layout: "bytes" }>, path: string): void {
    const starts = this.array(`${path}.starts`);
    const lengths = this.array(`${path}.lengths`);
    const inPlace = code.data === "rt.bytes" || this.isStable(code.data);
    const start = inPlace ? code.start : `rt.copy(${code.data}, ${code.start}, ${code.length})`;
    this.writer.write(`${starts}[o] = ${start}; ${lengths}[o] = ${code.length};`);
    this.epilogue.push(`${path}.data = ${inPlace ? code.data : "rt.bytes"};`);
  }

  private isStable(data: string): boolean {
    const builder = data.endsWith(".data") ? data.slice(0, -".data".length) : undefined;
    return this.writer.stable.has(data) || (builder !== undefined && this.writer.builders.includes(builder));
  }

  private parts(sources: readonly string[], start: string, length: string, path: string): void {
    const starts = this.array(`${path}.starts`);
    const lengths = this.array(`${path}.lengths`);
    const inPlace = sources.every((source) => this.writer.stable.has(source));
    if (inPlace) {
      this.writer.write(`${starts}[o] = ${start}; ${lengths}[o] = ${length};`);
      this.epilogue.push(`${path}.parts = [${sources.join(", ")}];`);
      return;
    }
    const copies = sources.map((source, part) => `${path}.copyPart(${part}, ${source}, ${start}, ${length})`);
    this.writer.write(
      `${lengths}[o] = ${length}; ${copies.map((copy) => `${starts}[o] = ${copy};`).join(" ")}`,
    );
    this.epilogue.push(`${path}.parts = [];`);
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
