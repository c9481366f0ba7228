import type { DataType, Value } from "@ss/core";

/** Numbers from 0 up to 1 that a seed decides. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The value of a type that stands for a number; different numbers mostly give different values. */
export function valueOf(type: DataType, n: number): Value {
  const signed = n % 2 === 0 ? n : -n;
  switch (type.kind) {
    case "boolean":
      return n % 3 === 0;
    case "byte":
      return (n % 256) - 128;
    case "short":
      return (n % 65_536) - 32_768;
    case "integer":
    case "yearMonthInterval":
    case "date":
      return signed;
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "dayTimeInterval":
      return BigInt(signed) * 1_000_003n;
    case "time":
      return BigInt(n % 86_400) * 1_000_000_000n + 5000n;
    case "float":
      return Math.fround(signed / 8);
    case "double":
      return signed / 7;
    case "decimal":
      return type.precision > 18
        ? BigInt(signed) * 10n ** BigInt(type.precision - 10)
        : BigInt(signed % 10 ** 9);
    case "binary":
      return Uint8Array.from({ length: n % 9 }, (_, k) => (n >>> k) & 255);
    default:
      return n % 5 === 0 ? `\u00e9${n}` : "x".repeat(n % 80) + n;
  }
}
