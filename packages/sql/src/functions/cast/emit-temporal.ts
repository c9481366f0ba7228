import type { DataType } from "@ss/core";
import { microOfSecondOfMicros, secondOfMicros, storeMicros, type TimeZone, UTC } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { safeIntegerCode, scratch, scratchCode, wordsOf } from "../emit/int64.js";
import { guarded, held, valueCode, valueOf } from "../emit/parts.js";
import { type CastOptions, zoneOf } from "./cast-options.js";

/** Casts among dates and timestamps, and of seconds to and from timestamps; undefined for the rest. */
export function emitTemporal(
  writer: CodeWriter,
  code: Code,
  to: DataType,
  options: CastOptions,
): Code | undefined {
  const from = code.type.kind;
  if (from === "date") return ofDate(writer, code, to, options);
  if (from === "timestamp" || from === "timestamp_ntz") return ofTimestamp(writer, code, to, options);
  if (to.kind === "timestamp" && (from === "integer" || from === "short" || from === "byte")) {
    const value = held(writer, valueOf(code));
    return safeIntegerCode(writer, to, code.isNull, `(${value} * 1000000)`);
  }
  return undefined;
}

function ofDate(writer: CodeWriter, code: Code, to: DataType, options: CastOptions): Code | undefined {
  if (to.kind !== "timestamp" && to.kind !== "timestamp_ntz") return undefined;
  const days = held(writer, valueOf(code));
  const memory = scratch();
  const out = writer.constant(memory.words);
  const second =
    to.kind === "timestamp"
      ? `${writer.constant(zoneOf(options))}.secondOfLocal(${days} * 86400)`
      : `${days} * 86400`;
  const store = `${writer.constant(storeMicros)}(${second}, 0, ${out}, 0);`;
  writer.write(code.isNull === "false" ? store : `if (!${code.isNull}) ${store}`);
  return scratchCode(writer, to, code.isNull, memory);
}

function ofTimestamp(writer: CodeWriter, code: Code, to: DataType, options: CastOptions): Code | undefined {
  const words = wordsOf(code);
  if (!words) return undefined;
  const zone = code.type.kind === "timestamp" ? zoneOf(options) : UTC;
  if (to.kind === "date") {
    return guarded(writer, code.isNull, to, () => {
      const text = `${writer.constant(dayOfWords)}(${words.low}, ${words.high}, ${writer.constant(zone)})`;
      return valueCode(to, "false", writer.variable(text));
    });
  }
  if (to.kind === "long" && code.type.kind === "timestamp") {
    return safeIntegerCode(
      writer,
      to,
      code.isNull,
      `${writer.constant(secondOfMicros)}(${words.low}, ${words.high})`,
    );
  }
  const other = code.type.kind === "timestamp" ? "timestamp_ntz" : "timestamp";
  if (to.kind !== other) return undefined;
  const memory = scratch();
  const shift = writer.constant(to.kind === "timestamp" ? storeInstant : storeLocal);
  const call = `${shift}(${words.low}, ${words.high}, ${writer.constant(zoneOf(options))}, ${writer.constant(memory.words)});`;
  writer.write(code.isNull === "false" ? call : `if (!${code.isNull}) ${call}`);
  return scratchCode(writer, to, code.isNull, memory);
}

/** The local day of an instant given by its words. */
export function dayOfWords(low: number, high: number, zone: TimeZone): number {
  const second = secondOfMicros(low, high);
  return Math.floor((second + zone.offsetAt(second)) / 86400);
}

function storeLocal(low: number, high: number, zone: TimeZone, out: Int32Array): void {
  const second = secondOfMicros(low, high);
  storeMicros(second + zone.offsetAt(second), microOfSecondOfMicros(low, high), out, 0);
}

function storeInstant(low: number, high: number, zone: TimeZone, out: Int32Array): void {
  storeMicros(zone.secondOfLocal(secondOfMicros(low, high)), microOfSecondOfMicros(low, high), out, 0);
}
