import type { DataType } from "@ss/core";
import { powerOfTen } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { int64AsNumber, pairCode, scratch, scratchCode, wordsOf } from "../emit/int64.js";
import { anyNull, guarded, held, present, valueCode, valueOf } from "../emit/parts.js";
import { type CastOptions, failOverflow, isStrict } from "./cast-options.js";
import { INTEGER_RANGES, LONG_LIMIT, saturateInt, saturateLong, wrapSmall } from "./to-number.js";

type Source = "int" | "long" | "float" | "boolean" | "decimal";

const SOURCES: Readonly<Record<string, Source>> = {
  byte: "int",
  short: "int",
  integer: "int",
  long: "long",
  float: "float",
  double: "float",
  boolean: "boolean",
  decimal: "decimal",
};

/** Casts among numbers and BOOLEAN; undefined for what is not written as straight code. */
export function emitNumeric(
  writer: CodeWriter,
  code: Code,
  to: DataType,
  options: CastOptions,
): Code | undefined {
  const source = SOURCES[code.type.kind];
  if (!source) return undefined;
  switch (to.kind) {
    case "byte":
    case "short":
    case "integer":
      return toSmall(writer, code, source, to as DataType & { kind: "integer" }, options);
    case "long":
      return toLong(writer, code, source, to, options);
    case "double":
      return toDouble(code, source, to);
    case "float":
      return source === "int" || source === "float"
        ? valueCode(to, code.isNull, `Math.fround(${valueOf(code)})`)
        : undefined;
    case "boolean":
      return toBoolean(code, source, to);
    case "decimal":
      return toDecimal(writer, code, source, to);
    default:
      return undefined;
  }
}

function toSmall(
  writer: CodeWriter,
  code: Code,
  source: Source,
  to: DataType & { kind: "byte" | "short" | "integer" },
  options: CastOptions,
): Code | undefined {
  const [min, max] = INTEGER_RANGES[to.kind];
  const strict = isStrict(options);
  switch (source) {
    case "boolean":
      return valueCode(to, code.isNull, `(${valueOf(code)} ? 1 : 0)`);
    case "int": {
      if (widens(code.type.kind, to.kind)) return valueCode(to, code.isNull, valueOf(code));
      if (!strict) {
        return valueCode(
          to,
          code.isNull,
          `${writer.constant(wrapSmall)}(${valueOf(code)}, ${kindText(writer, to)})`,
        );
      }
      const value = held(writer, valueOf(code));
      return checked(writer, code, to, options, value, `${value} >= ${min} && ${value} <= ${max}`, value);
    }
    case "long": {
      const words = wordsOf(code);
      if (!strict || !words || to.kind !== "integer") return undefined;
      return checked(
        writer,
        code,
        to,
        options,
        words.low,
        `${words.high} === ${words.low} >> 31`,
        valueOf(code),
      );
    }
    case "float": {
      if (!strict) {
        const text = `${writer.constant(wrapSmall)}(${writer.constant(saturateInt)}(${valueOf(code)}), ${kindText(writer, to)})`;
        return valueCode(to, code.isNull, text);
      }
      const value = held(writer, valueOf(code));
      const fits = `Math.floor(${value}) <= ${max} && Math.ceil(${value}) >= ${min}`;
      return checked(writer, code, to, options, `(Math.trunc(${value}) + 0)`, fits, value);
    }
    default:
      return undefined;
  }
}

function kindText(writer: CodeWriter, to: DataType): string {
  return writer.constant(to.kind);
}

const SIZES: Readonly<Record<string, number>> = { byte: 1, short: 2, integer: 4, long: 8 };

function widens(from: string, to: string): boolean {
  return SIZES[from]! <= SIZES[to]!;
}

/** The value where the test holds; elsewhere the error or null of an overflow. `original` is the text of the value cast. */
function checked(
  writer: CodeWriter,
  code: Code,
  to: DataType,
  options: CastOptions,
  value: string,
  test: string,
  original: string,
): Code {
  const fails = writer.constant((boxed: never) => failOverflow(options, boxed, code.type, to));
  if (options.mode !== "try") {
    const guard = code.isNull === "false" ? "" : `!${code.isNull} && `;
    writer.write(`if (${guard}!(${test})) ${fails}(${original});`);
    return valueCode(to, code.isNull, value);
  }
  return valueCode(to, anyNull(code.isNull, `!(${test})`), value);
}

function toLong(
  writer: CodeWriter,
  code: Code,
  source: Source,
  to: DataType,
  options: CastOptions,
): Code | undefined {
  switch (source) {
    case "int": {
      const value = held(writer, valueOf(code));
      return {
        ...pairCode(writer, to, code.isNull, { low: value, high: `(${value} >> 31)` }),
        value: `BigInt(${value})`,
      } as Code;
    }
    case "boolean":
      return valueCode(to, code.isNull, `(${valueOf(code)} ? 1n : 0n)`);
    case "float":
      return doubleToLong(writer, code, to, options);
    default:
      return undefined;
  }
}

/** Doubles that are safe integers when cut go by words; what is beyond is rare and goes through a bigint. */
function doubleToLong(writer: CodeWriter, code: Code, to: DataType, options: CastOptions): Code | undefined {
  if (options.mode === "try") return undefined;
  const strict = isStrict(options);
  const memory = scratch();
  const result = scratchCode(writer, to, code.isNull, memory);
  const words = writer.constant(memory.words);
  const values = writer.constant(memory.values);
  const beyond = writer.constant((value: number): bigint => {
    if (strict && !(Math.floor(value) <= LONG_LIMIT && Math.ceil(value) >= -LONG_LIMIT)) {
      failOverflow(options, value, code.type, to);
    }
    return saturateLong(value);
  });
  const write = (): void => {
    const value = writer.variable(`Math.trunc(${valueOf(code)})`);
    writer.when(
      `${value} <= 9007199254740991 && ${value} >= -9007199254740991`,
      () => writer.write(`${words}[0] = ${value}; ${words}[1] = Math.floor(${value} / 4294967296);`),
      () => writer.write(`${values}[0] = ${beyond}(${valueOf(code)});`),
    );
  };
  if (code.isNull === "false") write();
  else writer.when(`!${code.isNull}`, write);
  return result;
}

function toDouble(code: Code, source: Source, to: DataType): Code | undefined {
  switch (source) {
    case "int":
    case "float":
      return valueCode(to, code.isNull, valueOf(code));
    case "boolean":
      return valueCode(to, code.isNull, `(${valueOf(code)} ? 1 : 0)`);
    case "long":
      return code.layout === "int64" && wordsOf(code)
        ? valueCode(to, code.isNull, int64AsNumber(code))
        : undefined;
    default:
      return undefined;
  }
}

function toBoolean(code: Code, source: Source, to: DataType): Code | undefined {
  switch (source) {
    case "int":
    case "float":
      return valueCode(to, code.isNull, `(${valueOf(code)} !== 0)`);
    case "long": {
      const words = wordsOf(code);
      const text = words ? `((${words.low} | ${words.high}) !== 0)` : `(${valueOf(code)} !== 0n)`;
      return valueCode(to, code.isNull, text);
    }
    case "decimal":
      return valueCode(to, code.isNull, `(${valueOf(code)} !== 0n)`);
    default:
      return undefined;
  }
}

/** Decimals that only grow: no digit is lost, so nothing can fail. */
function toDecimal(
  writer: CodeWriter,
  code: Code,
  source: Source,
  to: DataType & { kind: "decimal" },
): Code | undefined {
  if (source === "int" || source === "long") {
    const digits = { byte: 3, short: 5, integer: 10, long: 19 }[code.type.kind as "byte"];
    if (to.precision - to.scale < digits) return undefined;
    const factor = powerOfTen(to.scale);
    return guarded(writer, code.isNull, to, () => {
      const bigint = source === "int" ? `BigInt(${valueOf(code)})` : valueOf(code);
      return valueCode(to, "false", to.scale === 0 ? bigint : writer.variable(`${bigint} * ${factor}n`));
    });
  }
  if (source !== "decimal" || code.type.kind !== "decimal") return undefined;
  const from = code.type;
  if (to.scale < from.scale || to.precision - to.scale < from.precision - from.scale) return undefined;
  const sameWidth = from.precision <= 18 === to.precision <= 18;
  if (to.scale === from.scale && sameWidth) return { ...code, type: to } as Code;
  const factor = powerOfTen(to.scale - from.scale);
  return guarded(writer, code.isNull, to, () => {
    const value = valueOf(present(code));
    return valueCode(to, "false", factor === 1n ? value : writer.variable(`${value} * ${factor}n`));
  });
}
