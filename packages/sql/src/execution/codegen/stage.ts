import { type Column, type DataType, StreamError } from "@ss/core";
import type { Code } from "../../expression/code.js";
import type { Alias, Attribute, Expression } from "../../expression/expression.js";
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
    this.runtime.clock = clock;
    this.runtime.reset();
    const capacity = Math.max(rowCount, 1);
    this.buffers.forEach((buffer, k) => {
      if (this.passed[k]! < 0) buffer.start(capacity);
    });
    const count = this.variant(columns).loop(columns, rowCount);
    const out = this.buffers.map((buffer, k) => {
      const index = this.passed[k]!;
      return index >= 0 ? columns[index]! : buffer.column(count);
    });
    return { columns: out, rowCount: count };
  }

  /** The generated text, of every shape of input so far. */
  text(): string {
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
    for (const condition of spec.conditions) this.filter(writer, condition);
    const epilogue: string[] = [];
    if (spec.generator) this.generateRows(writer, spec.generator, epilogue);
    else this.writeOutputs(writer, epilogue);
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

  private filter(writer: StageWriter, condition: Expression): void {
    const code = writer.expression(condition);
    if (code.layout !== "boolean") throw notBoolean(condition);
    const fails = anyNull(code.isNull, code.value === "true" ? "false" : `!${code.value}`);
    if (fails !== "false") writer.write(`if (${fails}) continue;`);
  }

  private generateRows(writer: StageWriter, generator: StageGenerator, epilogue: string[]): void {
    const list = writer.expression(generator.list);
    if (list.layout !== "list" && list.layout !== "map") throw notBoolean(generator.list);
    const length = writer.variable(
      list.isNull === "false" ? list.length : `(${list.isNull}) ? 0 : ${list.length}`,
    );
    const start = writer.variable(list.start);
    const sources = list.layout === "list" ? [list.column] : [list.keys, list.mapValues];
    const held = sources.map((source) => (writer.stable.has(source) ? source : writer.variable(source)));
    const end = generator.outer ? `Math.max(1, ${length})` : length;
    writer.write(`for (let g = 0; g < ${end}; g++) {`);
    const beyond = generator.outer ? `(g >= ${length})` : "false";
    generator.attributes.forEach((attribute, k) => {
      const code = elementCode(attribute.type, held[k]!, `(${start} + g)`);
      const stableSource = writer.stable.has(held[k]!);
      const withData =
        code.layout === "bytes" && stableSource
          ? { ...code, data: this.elementData(writer, held[k]!) }
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
    writer.write("if (o >= cap) cap = grow(o + 1);");
    this.writeOutputs(writer, epilogue);
    writer.write("}");
  }

  /** Bytes of elements: those of an input column hold for the batch; those of a builder are read where they are. */
  private elementData(writer: StageWriter, source: string): string {
    return writer.builders.includes(source) ? `${source}.data` : writer.local(`${source}.data`);
  }

  private writeOutputs(writer: StageWriter, epilogue: string[]): void {
    this.spec.outputs.forEach((output, k) => {
      if (this.passed[k]! >= 0) return;
      const sink = new OutputWriter(writer, this.spec.generator !== undefined, epilogue);
      sink.write(writer.expression(output), `outputs[${k}]`);
    });
    writer.write("o++;");
  }
}

/** Writes one value into its output buffer, by layout. */
class OutputWriter {
  private readonly writer: StageWriter;
  private readonly growing: boolean;
  private readonly epilogue: string[];

  constructor(writer: StageWriter, growing: boolean, epilogue: string[]) {
    this.writer = writer;
    this.growing = growing;
    this.epilogue = epilogue;
  }

  /** An array of the buffer: a constant of the batch, or read anew where the buffer may grow in the loop. */
  private array(path: string): string {
    return this.growing ? path : this.writer.local(path);
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

function notBoolean(expression: Expression): StreamError {
  return new StreamError({
    condition: "INTERNAL_ERROR",
    message: `An expression of type ${typeOf(expression).kind} stands where another is needed.`,
  });
}
