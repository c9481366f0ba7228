import { BinaryType, BooleanType, LongType, StringType, type Value } from "@ss/core";
import { isValidUtf8 } from "@ss/kernels";
import { datatypeMismatch, nonFoldableInput, wrongNumArgs } from "../../expression/errors.js";
import { type Expression, literal, type Origin } from "../../expression/expression.js";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { boxed, boxedOnBytes, callLike, constantOf, rewriting } from "../define.js";
import { invalidParameter, runtimeError } from "../runtime-error.js";
import { decodeCharset, encodeCharset, isCharset } from "./charsets.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const TEXT_OR_BINARY = [StringType, BinaryType] as const;

/** Texts and binaries in other forms: hexadecimal, base 64 and 32, other charsets. */
export const encodingFunctions: readonly ScalarFunction[] = [
  boxedOnBytes(
    ["hex"],
    [LongType, BinaryType, StringType],
    StringType,
    () => (value) =>
      typeof value === "bigint"
        ? BigInt.asUintN(64, value).toString(16).toUpperCase()
        : toHex(value as Uint8Array),
  ),
  boxed(
    ["unhex"],
    [StringType],
    BinaryType,
    ({ ansi, origin }) =>
      (text) => {
        const bytes = fromHex(text as string);
        if (bytes || !ansi) return bytes ?? null;
        throw conversionError(text as string, "HEX", "try_to_binary", origin);
      },
    { nullable: true },
  ),
  boxed(
    ["base64"],
    [BinaryType],
    StringType,
    () => (bytes) => Buffer.from(bytes as Uint8Array).toString("base64"),
  ),
  boxed(["unbase64"], [StringType], BinaryType, ({ origin }) => (text) => {
    const bytes = fromBase64(text as string);
    if (bytes) return bytes;
    throw conversionError(text as string, "BASE64", "try_to_binary", origin);
  }),
  boxed(["to_base32"], [BinaryType], StringType, () => (bytes) => toBase32(bytes as Uint8Array)),
  boxed(["from_base32"], [StringType], BinaryType, ({ origin }) => (text) => {
    const bytes = fromBase32(text as string);
    if (bytes) return bytes;
    throw conversionError(text as string, "BASE32", "try_to_binary", origin);
  }),
  boxed(
    ["encode"],
    [StringType, StringType],
    BinaryType,
    (context) => (text, charset) =>
      encodeCharset(text as string, checkedCharset(charset as string, "encode", context)) ??
      malformed("encode", charset as string, context),
  ),
  rewriting(["decode"], [0, Number.POSITIVE_INFINITY], (args, context) => {
    if (args.length < 2) throw wrongNumArgs(context, "> 1", args.length);
    return args.length === 2 ? callLike(context, "$decode", ...args) : searched(args);
  }),
  boxed(
    ["$decode"],
    [BinaryType, StringType],
    StringType,
    (context) => (bytes, charset) =>
      decodeCharset(bytes as Uint8Array, checkedCharset(charset as string, "decode", context)) ??
      malformed("decode", charset as string, context),
  ),
  boxed(
    ["$unhex"],
    [StringType],
    BinaryType,
    ({ origin }) =>
      (text) =>
        fromHex(text as string) ?? raise(conversionError(text as string, "HEX", "try_to_binary", origin)),
  ),
  boxed(
    ["$unbase64"],
    [StringType],
    BinaryType,
    ({ origin }) =>
      (text) =>
        (strictBase64(text as string) ? fromBase64(text as string) : undefined) ??
        raise(conversionError(text as string, "BASE64", "try_to_binary", origin)),
  ),
  toBinary("to_binary", false),
  toBinary("try_to_binary", true),
  boxedOnBytes(["is_valid_utf8"], TEXT_OR_BINARY, BooleanType, () => (value) => validUtf8(value!)),
  boxedOnBytes(["make_valid_utf8"], TEXT_OR_BINARY, StringType, () => (value) => textOf(value!)),
  boxedOnBytes(["validate_utf8"], TEXT_OR_BINARY, StringType, ({ origin }) => (value) => {
    if (validUtf8(value!)) return textOf(value!);
    const str = Array.from(
      value as Uint8Array,
      (byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join("");
    throw runtimeError(
      "INVALID_UTF8_STRING",
      "22029",
      { str },
      `The bytes ${str} are no valid UTF-8.`,
      origin,
    );
  }),
  boxedOnBytes(
    ["try_validate_utf8"],
    TEXT_OR_BINARY,
    StringType,
    () => (value) => (validUtf8(value!) ? textOf(value!) : null),
    true,
  ),
];

function textOf(bytes: Value): string {
  return decoder.decode(bytes as Uint8Array);
}

function validUtf8(bytes: Value): boolean {
  return isValidUtf8(bytes as Uint8Array, 0, (bytes as Uint8Array).length);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex").toUpperCase();
}

/** The bytes of hexadecimal digits; an odd first one stands alone. */
function fromHex(text: string): Uint8Array | undefined {
  if (!/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text.length % 2 === 0 ? text : `0${text}`, "hex"));
}

/** White space is dropped; else the text has to be whole groups of four, padded or not. */
function fromBase64(text: string): Uint8Array | undefined {
  const body = text.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return undefined;
  const digits = body.replace(/=+$/, "");
  if (digits.length % 4 === 1 || (body.length !== digits.length && body.length % 4 !== 0)) return undefined;
  return new Uint8Array(Buffer.from(digits, "base64"));
}

/** Whether base 64 ends as it should: whole groups, and nothing between the signs of its padding. */
function strictBase64(text: string): boolean {
  const body = text.replace(/\s/g, "");
  const padding = body.length - body.replace(/=+$/, "").length;
  if (padding > 0) return body.length % 4 === 0 && !/=\s+=/.test(text);
  return body.length % 4 !== 1;
}

function raise(error: Error): never {
  throw error;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function toBase32(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) out += BASE32[(held << (5 - bits)) & 31];
  return out.padEnd(Math.ceil(out.length / 8) * 8, "=");
}

function fromBase32(text: string): Uint8Array | undefined {
  const body = text.replace(/=+$/, "").toUpperCase();
  const out: number[] = [];
  let bits = 0;
  let held = 0;
  for (const digit of body) {
    const value = BASE32.indexOf(digit);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((held >> bits) & 255);
    }
  }
  return Uint8Array.from(out);
}

/** `decode(x, search, result, ..., default)`: the result of the first equal value, where null equals null. */
function searched(args: readonly Expression[]): Expression {
  const [value, ...pairs] = args as [Expression, ...Expression[]];
  const branches: Expression[] = [];
  for (let k = 0; k + 1 < pairs.length; k += 2) {
    branches.push({ kind: "call", name: ["<=>"], args: [value, pairs[k]!] }, pairs[k + 1]!);
  }
  const last = pairs.length % 2 === 1 ? [pairs[pairs.length - 1]!] : [];
  return { kind: "call", name: ["when"], args: [...branches, ...last] };
}

const CHARSETS = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8";

function checkedCharset(charset: string, name: string, { origin }: EvaluationContext): string {
  if (isCharset(charset)) return charset;
  throw invalidParameter("CHARSET", name, "charset", { charset, charsets: CHARSETS }, origin);
}

function malformed(name: string, charset: string, { origin }: EvaluationContext): never {
  throw runtimeError(
    "MALFORMED_CHARACTER_CODING",
    "22000",
    { function: `\`${name}\``, charset },
    `The value of ${name} has characters that ${charset} does not hold.`,
    origin,
  );
}

function conversionError(text: string, fmt: string, suggestion: string, origin: Origin | undefined): Error {
  return runtimeError(
    "CONVERSION_INVALID_INPUT",
    "22018",
    { str: `'${text}'`, fmt: `'${fmt}'`, targetType: '"BINARY"', suggestion: `\`${suggestion}\`` },
    `The value '${text}' cannot be converted to "BINARY": it is no ${fmt}. Use \`${suggestion}\` to get NULL instead.`,
    origin,
  );
}

function toBinary(name: string, tries: boolean): ScalarFunction {
  return rewriting([name], [1, 2], ([text, format], context) => {
    const fmt = format ?? literal("hex", StringType);
    const value = constantOf(fmt, context);
    if (value === undefined) throw nonFoldableInput(context, "fmt", StringType, fmt);
    if (value === null) return literal(null, BinaryType);
    const name8 = String(value).toLowerCase();
    const target = { hex: "$unhex", base64: "$unbase64", "utf-8": "encode", utf8: "encode" }[name8];
    if (!target) {
      throw datatypeMismatch(context, "INVALID_ARG_VALUE", "the format has to be one of the valid ones.", {
        inputName: "fmt",
        requireType: 'case-insensitive "STRING"',
        validValues: "'hex', 'utf-8', 'utf8', or 'base64'",
        inputValue: `'${name8}'`,
      });
    }
    const args = target === "encode" ? [text!, literal("UTF-8", StringType)] : [text!];
    const converted = callLike(context, target, ...args);
    return tries ? callLike(context, "$try", converted) : converted;
  });
}
