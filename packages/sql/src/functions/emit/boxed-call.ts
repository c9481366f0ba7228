import type { DataType, Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { anyNull, guarded, present } from "./parts.js";

/** The call of a function on boxed values, null where an argument is null. */
export function emitBoxedCall(
  writer: CodeWriter,
  fn: (...values: never[]) => Value,
  args: readonly Code[],
  type: DataType,
): Code {
  return guarded(writer, anyNull(...args.map((arg) => arg.isNull)), type, () =>
    writer.unbox(`${writer.constant(fn)}(${args.map((arg) => writer.box(present(arg))).join(", ")})`, type),
  );
}
