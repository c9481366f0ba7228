import type { Value } from "@ss/core";
import { parseJson, writeJson } from "./json-value.js";

/** The fields of an object by name: texts bare of quotes, other values as JSON; nulls where there is no object. */
export function jsonTuple(json: string | null, names: readonly (string | null)[]): Value[] {
  const node = json === null ? undefined : parseJson(json);
  if (node?.kind !== "object") return names.map(() => null);
  return names.map((name) => {
    const entry = node.entries.findLast(([key]) => key === name);
    if (!entry || entry[1].kind === "null") return null;
    return entry[1].kind === "string" ? entry[1].value : writeJson(entry[1]);
  });
}
