import { type DataType, layoutOf } from "@ss/core";
import type { Code } from "../../expression/code.js";
import { elementCode } from "./column-code.js";
import type { StageWriter } from "./stage-writer.js";

/** Writes one value into its output buffer, by layout. */
export class OutputWriter {
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

  /** Hands a row of the dictionary-encoded column `source` on as such; `isNull` tests it. */
  entry(isNull: string, source: string, path: string): void {
    const { writer } = this;
    const code = `${this.array(`${path}.codes`)}[o] = ${writer.local(`${source}.codes`)}[i];`;
    this.epilogue.push(`${path}.dictionary = ${source}.dictionary;`);
    if (isNull === "false") return writer.write(code);
    const bits = this.array(`${path}.validity`);
    writer.write(`if (${isNull}) ${path}.hasNull = 1; else { ${bits}[o >> 3] |= 1 << (o & 7); ${code} }`);
  }

  /** Writes a value of row `o`. `everyRow` says whether all rows come here, none being left out for a null around it. */
  /** Writes what is known of an entry: `place` is a name in the loop, `results` the text of a DictionaryResults. */
  remembered(place: string, results: string, nullable: boolean, type: DataType, path: string): void {
    const { writer } = this;
    const isNull = nullable ? `(${place} < 0)` : "false";
    if (layoutOf(type) !== "bytes") {
      const value = elementCode(type, `${results}.builder`, `(${place} - 1)`);
      return this.write({ ...value, isNull }, path);
    }
    const code = `${this.array(`${path}.codes`)}[o] = ${place} - 1;`;
    this.epilogue.push(`${path}.dictionary = ${results}.column();`);
    if (!nullable) return writer.write(code);
    const bits = this.array(`${path}.validity`);
    writer.write(`if (${isNull}) ${path}.hasNull = 1; else { ${bits}[o >> 3] |= 1 << (o & 7); ${code} }`);
  }

  write(code: Code, path: string, everyRow = true): void {
    const { writer } = this;
    if (code.isNull === "true" || code.layout === "null") {
      this.epilogue.push(`${path}.hasNull = 1;`);
      return;
    }
    if (code.isNull === "false") {
      // the bitmap matters only if another row may be null, which this code rules out
      this.present(code, path, everyRow);
      return;
    }
    const bits = this.array(`${path}.validity`);
    writer.when(
      code.isNull,
      () => writer.write(`${path}.hasNull = 1;`),
      () => {
        writer.write(`${bits}[o >> 3] |= 1 << (o & 7);`);
        this.present({ ...code, isNull: "false" }, path, false);
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

  private present(code: Code, path: string, everyRow: boolean): void {
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
        for (const [k, field] of code.fields.entries()) this.child(field, `${path}.children[${k}]`, everyRow);
        return;
      case "interval": {
        writer.write(`${this.array(`${path}.months`)}[o] = ${code.months};`);
        writer.write(`${this.array(`${path}.days`)}[o] = ${code.days};`);
        return writer.write(`${this.array(`${path}.micros`)}[o] = ${code.micros};`);
      }
    }
  }

  /** A field keeps its bitmap where the struct around it may be null in other rows. */
  private child(code: Code, path: string, everyRow: boolean): void {
    if (!everyRow && code.isNull === "false" && code.layout !== "null") {
      this.writer.write(`${this.array(`${path}.validity`)}[o >> 3] |= 1 << (o & 7);`);
    }
    this.write(code, path, everyRow);
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
