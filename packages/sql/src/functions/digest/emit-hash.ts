import type { Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { wordArguments } from "../emit/stored-int64.js";
import { type CellHasher, hashDouble, hashFloat } from "./cell-hasher.js";

/** Hashes a boxed value, with the state of a hasher as its seed. */
export type HashBoxed = (hasher: CellHasher, value: Value) => void;

/** Hashes values one after the other, from the bytes, words and numbers that they are; a null leaves the hash as it is. */
export function emitHash(
  writer: CodeWriter,
  codes: readonly Code[],
  hasher: CellHasher,
  boxed: (code: Code) => HashBoxed,
): void {
  const name = writer.constant(hasher);
  writer.write(`${name}.begin();`);
  for (const code of codes) {
    if (code.isNull === "true" || code.layout === "null") continue;
    const hash = (): void => writer.write(hashText(writer, { ...code, isNull: "false" }, name, boxed));
    if (code.isNull === "false") hash();
    else writer.when(`!${code.isNull}`, hash);
  }
}

function hashText(writer: CodeWriter, code: Code, hasher: string, boxed: (code: Code) => HashBoxed): string {
  switch (code.layout) {
    case "boolean":
      return `${hasher}.int(${code.value} ? 1 : 0);`;
    case "int8":
    case "int16":
    case "int32":
      return `${hasher}.int(${code.value});`;
    case "float32":
      return `${writer.constant(hashFloat)}(${hasher}, ${code.value});`;
    case "float64":
      return `${writer.constant(hashDouble)}(${hasher}, ${code.value});`;
    case "int64": {
      const [low, high] = wordArguments(writer, code).split(/, (?=[^,]*$)/);
      return `${hasher}.long(${high}, ${low});`;
    }
    case "bytes":
      return `${hasher}.bytes(${code.data}, ${code.start}, ${code.length});`;
    default:
      return `${writer.constant(boxed(code))}(${hasher}, ${writer.box(code)});`;
  }
}
