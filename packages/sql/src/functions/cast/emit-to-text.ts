import type { DataType } from "@ss/core";
import {
  DATETIME_BYTES_MAX,
  FLOATING_BYTES_MAX,
  type TimeZone,
  UTC,
  writeDate,
  writeDouble,
  writeFloat,
  writeInt64,
  writeInteger,
  writeTimestamp,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { wordsOf } from "../emit/int64.js";
import { bytesCode, guarded, valueOf } from "../emit/parts.js";
import { type CastOptions, zoneOf } from "./cast-options.js";

/** Casts to STRING that write bytes into the arena; undefined for the rest. */
export function emitToText(
  writer: CodeWriter,
  code: Code,
  to: DataType,
  options: CastOptions,
): Code | undefined {
  if (to.kind !== "string" && to.kind !== "char" && to.kind !== "varchar") return undefined;
  switch (code.type.kind) {
    case "byte":
    case "short":
    case "integer":
      return written(writer, code, to, 11, (at) => call(writer, writeInteger, at, valueOf(code)));
    case "date":
      return written(writer, code, to, DATETIME_BYTES_MAX, (at) =>
        call(writer, writeDate, at, valueOf(code)),
      );
    case "double":
      return written(writer, code, to, FLOATING_BYTES_MAX, (at) =>
        call(writer, writeDouble, at, valueOf(code)),
      );
    case "float":
      return written(writer, code, to, FLOATING_BYTES_MAX, (at) =>
        call(writer, writeFloat, at, valueOf(code)),
      );
    case "long":
      return written(writer, code, to, 20, (at) => call(writer, writeInt64, at, ...halves(writer, code)));
    case "timestamp":
      return timestamp(writer, code, to, zoneOf(options));
    case "timestamp_ntz":
      return timestamp(writer, code, to, UTC);
    case "boolean":
      return guarded(writer, code.isNull, to, () => {
        const words = writer.constant(new TextEncoder().encode("truefalse"));
        const value = valueOf(code);
        return bytesCode(to, "false", words, `(${value} ? 0 : 4)`, `(${value} ? 4 : 5)`);
      });
    default:
      return undefined;
  }
}

function timestamp(writer: CodeWriter, code: Code, to: DataType, zone: TimeZone): Code {
  return written(writer, code, to, DATETIME_BYTES_MAX, (at) =>
    call(writer, writeTimestamp, at, ...halves(writer, code), writer.constant(zone)),
  );
}

/** The halves of an int64, split from its bigint where it has no words. */
function halves(writer: CodeWriter, code: Code): readonly string[] {
  const words = wordsOf(code);
  if (words) return [words.low, words.high];
  const value = writer.variable(valueOf(code));
  return [`Number(BigInt.asIntN(32, ${value}))`, `Number(BigInt.asIntN(32, ${value} >> 32n))`];
}

type Write = (bytes: Uint8Array, at: number, ...values: never[]) => number;

function call(writer: CodeWriter, write: Write, at: string, ...values: readonly string[]): string {
  return `${writer.constant(write)}(${writer.runtime}.bytes, ${at}, ${values.join(", ")})`;
}

/** A text of at most `bytesMax` bytes in the arena; `write` gives the text of a call that writes it and returns its end. */
function written(
  writer: CodeWriter,
  code: Code,
  to: DataType,
  bytesMax: number,
  write: (at: string) => string,
): Code {
  return guarded(writer, code.isNull, to, () => {
    const rt = writer.runtime;
    const start = writer.variable(`${rt}.reserve(${bytesMax})`);
    const length = writer.variable(`${write(start)} - ${start}`);
    writer.write(`${rt}.close(${length});`);
    return bytesCode(to, "false", `${rt}.bytes`, start, length);
  });
}
