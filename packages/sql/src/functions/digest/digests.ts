import { hash } from "node:crypto";
import { BinaryType, IntegerType, LongType, StringType } from "@ss/core";
import type { Code } from "../../expression/code.js";
import type { ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { arenaText, arenaTextOfBytes, bytesArguments, type TextArena } from "../emit/arena-text.js";
import { safeIntegerCode } from "../emit/int64.js";
import { anyNull, type BytesCode, guarded, valueOf } from "../emit/parts.js";
import { crc32 } from "./crc32.js";

const SHA2: Readonly<Record<number, string>> = {
  0: "sha256",
  224: "sha224",
  256: "sha256",
  384: "sha384",
  512: "sha512",
};

/** Digests of binaries, from the bytes where they are. */
export const digestFunctions: readonly ScalarFunction[] = [
  digest(["md5"], "md5"),
  digest(["sha1", "sha"], "sha1"),
  scalar({
    names: ["sha2"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [BinaryType, IntegerType], context, StringType, true),
    emit: (writer, args, call) => {
      const [bytes, bits] = args.map((arg) => writer.expression(arg)) as [BytesCode, Code];
      const known = writer.constant(SHA2);
      return guarded(writer, anyNull(bytes.isNull, bits.isNull), call.type, () => {
        const algorithm = writer.variable(`${known}[${valueOf(bits)}]`);
        return guarded(writer, `(${algorithm} === undefined)`, call.type, () =>
          arenaText(writer, StringType, putDigest, [bytesArguments(bytes), algorithm]),
        );
      });
    },
  }),
  scalar({
    names: ["crc32"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [BinaryType], context, LongType),
    emit: (writer, args, call) => {
      const bytes = writer.expression(args[0]!) as BytesCode;
      return guarded(writer, bytes.isNull, call.type, () =>
        safeIntegerCode(
          writer,
          LongType,
          "false",
          writer.variable(`${writer.constant(crc32)}(${bytesArguments(bytes)})`),
        ),
      );
    },
  }),
];

function digest(names: readonly string[], algorithm: string): ScalarFunction {
  const put = (arena: TextArena, data: Uint8Array, start: number, length: number): void =>
    putDigest(arena, data, start, length, algorithm);
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [BinaryType], context, StringType),
    emit: (writer, args) => arenaTextOfBytes(writer, StringType, [writer.expression(args[0]!)], put),
  });
}

function putDigest(
  arena: TextArena,
  data: Uint8Array,
  start: number,
  length: number,
  algorithm: string,
): void {
  arena.put(hash(algorithm, data.subarray(start, start + length), "hex"));
}
