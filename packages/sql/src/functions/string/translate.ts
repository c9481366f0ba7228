import { StringType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { arenaText, bytesArguments, type TextArena } from "../emit/arena-text.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { type BytesCode, guarded } from "../emit/parts.js";
import { CharacterTable } from "./character-table.js";
import { codePoints } from "./code-points.js";
import { translated } from "./text-edits.js";

/** `translate`: characters by a table that constants make once; `quote`, which puts a sign before others. */
export const translateFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["translate"],
    arity: [3, 3],
    resolve: (args, context) => inputTypes(args, [StringType], context, StringType),
    emit: emitTranslate,
  }),
  scalar({
    names: ["quote"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [StringType], context, StringType),
    emit: (writer, args, call) => emitTable(writer, args[0]!, call, quoting, 39),
  }),
];

const quoting: CharacterTable = new CharacterTable((character) => (character === "'" ? "\\'" : undefined), 2);

function emitTranslate(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const [text, from, to] = args as [Expression, Expression, Expression];
  if (isText(from) && isText(to)) {
    return emitTable(writer, text, call, translationTable(from.value as string, to.value as string));
  }
  const codes = args.map((arg) => writer.expression(arg));
  return emitBoxedCall(writer, translated, codes, call.type);
}

function isText(e: Expression): e is Extract<Expression, { kind: "literal" }> {
  return e.kind === "literal" && typeof e.value === "string";
}

/** Characters of `from` become those of `to` at the same place; what has no counterpart goes. */
function translationTable(from: string, to: string): CharacterTable {
  const map = new Map<string, string>();
  const targets = codePoints(to);
  codePoints(from).forEach((character, k) => {
    if (!map.has(character)) map.set(character, targets[k] ?? "");
  });
  return new CharacterTable((character) => map.get(character), 4);
}

/** A text with its characters changed by a table, between two signs if `around` is a byte. */
export function emitTable(
  writer: CodeWriter,
  text: Expression,
  call: EmitCall,
  table: CharacterTable,
  around = 0,
): Code {
  const code = writer.expression(text) as BytesCode;
  const put = (arena: TextArena, data: Uint8Array, start: number, length: number): void =>
    table.put(arena, data, start, length, around);
  return guarded(writer, code.isNull, call.type, () =>
    arenaText(writer, call.type, put, [bytesArguments(code)]),
  );
}
