import type { DataType, MapValue, Value } from "@ss/core";
import type { Origin } from "../../expression/expression.js";
import { formatValue } from "../format-value.js";
import { runtimeError } from "../runtime-error.js";
import { valueEquality } from "../value-order.js";

/** A hash key for values that JavaScript compares by value; undefined for the rest. */
export function hashKey(value: Value): string | number | bigint | boolean | undefined {
  if (typeof value === "object") return undefined;
  return Object.is(value, -0) ? 0 : value;
}

/**
 * Makes maps from keys and values as `spark.sql.mapKeyDedupPolicy` wants: a repeated key fails, or (LAST_WIN) its last value
 * counts. A null key always fails.
 */
export function mapOf(
  keyType: DataType,
  policy = "EXCEPTION",
  origin?: Origin,
): (keys: readonly Value[], values: readonly Value[]) => MapValue {
  const equal = valueEquality(keyType);
  return (keys, values) => {
    const outKeys: Value[] = [];
    const outValues: Value[] = [];
    const seen = new Map<unknown, number>();
    keys.forEach((original, k) => {
      if (original === null) throw nullMapKey(origin);
      const key = Object.is(original, -0) ? 0 : original;
      const hash = hashKey(key);
      const at =
        hash === undefined ? outKeys.findIndex((other) => equal(other, key)) : (seen.get(hash) ?? -1);
      if (at < 0) {
        if (hash !== undefined) seen.set(hash, outKeys.length);
        outKeys.push(key);
        outValues.push(values[k]!);
      } else if (policy.toUpperCase() === "LAST_WIN") outValues[at] = values[k]!;
      else throw duplicatedMapKey(formatValue(key, keyType), origin);
    });
    return { keys: outKeys, values: outValues };
  };
}

function nullMapKey(origin: Origin | undefined): Error {
  return runtimeError("NULL_MAP_KEY", "2200E", {}, "Cannot use null as map key.", origin);
}

function duplicatedMapKey(key: string, origin: Origin | undefined): Error {
  return runtimeError(
    "DUPLICATED_MAP_KEY",
    "23505",
    { key, mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"' },
    `Duplicate map key ${key} was found. Set "spark.sql.mapKeyDedupPolicy" to "LAST_WIN" to keep the last value.`,
    origin,
  );
}
