import { StringType } from "@ss/core";
import type { ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { anyNull, type BytesCode, bytesCode, guarded } from "../emit/parts.js";
import type { StageArena } from "../emit/stage-bytes.js";
import { findForward } from "./emit-search.js";

const NOTHING = new Uint8Array(0);

/** `replace`, from bytes into the arena. */
export const replaceFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["replace"],
    arity: [2, 3],
    resolve: (args, context) => inputTypes(args, [StringType], context, StringType),
    emit: (writer, args, call) => {
      const codes = args.map((arg) => writer.expression(arg) as BytesCode);
      return guarded(writer, anyNull(...codes.map((code) => code.isNull)), call.type, () => {
        const rt = writer.runtime;
        const parts = codes.map((code) => `${code.data}, ${code.start}, ${code.length}`);
        if (parts.length === 2) parts.push(`${writer.constant(NOTHING)}, 0, 0`);
        writer.write(`${writer.constant(putReplaced)}(${rt}, ${parts.join(", ")});`);
        const [start, length] = [writer.variable(`${rt}.start`), writer.variable(`${rt}.length`)];
        return bytesCode(call.type, "false", `${rt}.bytes`, start, length);
      });
    },
  }),
];

/** Puts a text into the arena with every occurrence of `search`, from the left and without overlap, replaced. */
function putReplaced(
  arena: StageArena,
  data: Uint8Array,
  start: number,
  length: number,
  search: Uint8Array,
  searchStart: number,
  searchLength: number,
  by: Uint8Array,
  byStart: number,
  byLength: number,
): void {
  const end = start + length;
  const next = (from: number): number => findForward(data, from, end, search, searchStart, searchLength);
  let count = 0;
  if (searchLength > 0) for (let at = next(start); at >= 0; at = next(at + searchLength)) count++;
  const total = length + count * (byLength - searchLength);
  let out = arena.reserve(total);
  const { bytes } = arena;
  let from = start;
  for (; count > 0; count--) {
    const at = next(from);
    for (let k = from; k < at; k++) bytes[out++] = data[k]!;
    for (let k = 0; k < byLength; k++) bytes[out++] = by[byStart + k]!;
    from = at + searchLength;
  }
  for (let k = from; k < end; k++) bytes[out++] = data[k]!;
  arena.close(total);
}
