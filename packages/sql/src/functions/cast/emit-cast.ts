import { type DataType, layoutOf, sameType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { alwaysNull, guarded, present } from "../emit/parts.js";
import { emitVariantCall, variantCall } from "../variant/emit-variant.js";
import { fromVariant } from "../variant/from-variant.js";
import type { CastOptions } from "./cast-options.js";
import { caster } from "./caster.js";
import { emitBinaryText } from "./emit-binary-text.js";
import { emitFromText } from "./emit-from-text.js";
import { emitNumeric } from "./emit-numeric.js";
import { emitTemporal } from "./emit-temporal.js";
import { emitToText } from "./emit-to-text.js";

/**
 * Writes the cast of a value. Casts between common types are straight code on numbers, words and bytes; the rest goes through
 * boxed values, with the same rules.
 */
export function emitCast(writer: CodeWriter, code: Code, to: DataType, options: CastOptions): Code {
  const from = code.type;
  if (to.kind === "binary" && code.layout === "bytes" && code.binary !== undefined) {
    return { type: to, layout: "bytes", isNull: code.isNull, ...code.binary };
  }
  if (sameType(from, to, true) || isRelabelling(from, to)) return { ...code, type: to } as Code;
  if (code.isNull === "true" || code.layout === "null") return alwaysNull(writer, to);
  if (from.kind === "variant") return emitFromVariant(writer, code, to, options);
  if (from.kind === "binary" && to.kind === "string" && code.layout === "bytes") {
    const text = emitBinaryText(writer, code) ?? emitBoxed(writer, code, to, options);
    const { data, start, length, source } = code;
    const binary = { data, start, length, ...(source === undefined ? {} : { source }) };
    return text.layout === "bytes" ? { ...text, binary } : text;
  }
  return (
    emitNumeric(writer, code, to, options) ??
    emitFromText(writer, code, to, options) ??
    emitToText(writer, code, to, options) ??
    emitTemporal(writer, code, to, options) ??
    emitBoxed(writer, code, to, options)
  );
}

/** Types that differ by name only: STRING as BINARY, VARCHAR as STRING. */
function isRelabelling(from: DataType, to: DataType): boolean {
  return layoutOf(from) === "bytes" && layoutOf(to) === "bytes" && from.kind !== "binary";
}

function emitFromVariant(writer: CodeWriter, code: Code, to: DataType, options: CastOptions): Code {
  const cast = fromVariant(to, { tries: options.mode === "try", timeZone: options.timeZone });
  return emitVariantCall(
    writer,
    code,
    to,
    variantCall("cast", (reader) => cast(reader, reader.root)),
  );
}

function emitBoxed(writer: CodeWriter, code: Code, to: DataType, options: CastOptions): Code {
  return guarded(writer, code.isNull, to, () => {
    const cast = writer.constant(caster(code.type, to, options));
    return writer.unbox(`${cast}(${writer.box(present(code))})`, to);
  });
}
