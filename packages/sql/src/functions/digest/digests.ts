import { createHash } from "node:crypto";
import { BinaryType, IntegerType, LongType, StringType } from "@ss/core";
import type { ScalarFunction } from "../../expression/function.js";
import { boxed } from "../define.js";
import { crc32 } from "./crc32.js";

const SHA2: Readonly<Record<number, string>> = {
  0: "sha256",
  224: "sha224",
  256: "sha256",
  384: "sha384",
  512: "sha512",
};

/** Digests of binaries. */
export const digestFunctions: readonly ScalarFunction[] = [
  digest(["md5"], "md5"),
  digest(["sha1", "sha"], "sha1"),
  boxed(
    ["sha2"],
    [BinaryType, IntegerType],
    StringType,
    () => (bytes, bits) => {
      const algorithm = SHA2[bits as number];
      return algorithm === undefined
        ? null
        : createHash(algorithm)
            .update(bytes as Uint8Array)
            .digest("hex");
    },
    { nullable: true },
  ),
  boxed(["crc32"], [BinaryType], LongType, () => (bytes) => BigInt(crc32(bytes as Uint8Array))),
];

function digest(names: readonly string[], algorithm: string): ScalarFunction {
  return boxed(
    names,
    [BinaryType],
    StringType,
    () => (bytes) =>
      createHash(algorithm)
        .update(bytes as Uint8Array)
        .digest("hex"),
  );
}
