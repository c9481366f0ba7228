import type { DataType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { anyNull, type BytesCode, bytesCode, guarded } from "./parts.js";
import type { StageArena, StageBytes } from "./stage-bytes.js";

/** The arena of a stage with all that it offers to functions. */
export type TextArena = StageArena & StageBytes;

/** The bytes of a text or binary as three arguments of a call. */
export function bytesArguments(code: BytesCode): string {
  return `${code.data}, ${code.start}, ${code.length}`;
}

/** The text or binary that a call of `put` leaves in the arena: it gets the arena first, then the arguments. */
export function arenaText(
  writer: CodeWriter,
  type: DataType,
  put: (arena: TextArena, ...args: never[]) => void,
  args: readonly string[],
): BytesCode {
  const rt = writer.runtime;
  writer.write(`${writer.constant(put)}(${[rt, ...args].join(", ")});`);
  const [start, length] = [writer.variable(`${rt}.start`), writer.variable(`${rt}.length`)];
  return bytesCode(type, "false", `${rt}.bytes`, start, length) as BytesCode;
}

/** {@link arenaText} of arguments that are texts or binaries, null where one of them is. */
export function arenaTextOfBytes(
  writer: CodeWriter,
  type: DataType,
  codes: readonly Code[],
  put: (arena: TextArena, ...args: never[]) => void,
): Code {
  return guarded(writer, anyNull(...codes.map((code) => code.isNull)), type, () =>
    arenaText(
      writer,
      type,
      put,
      codes.map((code) => bytesArguments(code as BytesCode)),
    ),
  );
}
