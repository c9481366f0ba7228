import { StreamError } from "@ss/core";
import type { JoinType } from "../logical/plan.js";

const TYPES: Readonly<Record<string, JoinType>> = {
  inner: "inner",
  cross: "cross",
  left: "left",
  leftouter: "left",
  right: "right",
  rightouter: "right",
  outer: "full",
  full: "full",
  fullouter: "full",
  leftsemi: "leftSemi",
  semi: "leftSemi",
  leftanti: "leftAnti",
  anti: "leftAnti",
};

/** The join type of one of Spark's names; underscores and case do not count. */
export function joinTypeOf(name: string): JoinType {
  const key = name.toLowerCase().replaceAll("_", "");
  const type = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
  if (type) return type;
  const supported = Object.keys(TYPES)
    .map((one) => `'${one}'`)
    .join(", ");
  throw new StreamError({
    condition: "UNSUPPORTED_JOIN_TYPE",
    sqlState: "0A000",
    parameters: { typ: name, supported },
    message: `There is no join type '${name}'; there are ${supported}.`,
  });
}
