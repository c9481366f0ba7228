import { ArrayType, IntegerType, StringType } from "@ss/core";
import type { ScalarFunction } from "../../expression/function.js";
import { boxed } from "../define.js";
import { remembered } from "../datetime/patterns.js";
import { getJsonObject, parseJsonPath } from "./json-path.js";
import { parseJson } from "./json-value.js";

/** Functions of JSON texts. */
export const jsonFunctions: readonly ScalarFunction[] = [
  boxed(["get_json_object"], [StringType, StringType], StringType, () => {
    const path = remembered((text) => parseJsonPath(text) ?? null);
    return (json, text) => {
      const steps = path(text as string);
      return steps === null ? null : getJsonObject(json as string, steps);
    };
  }, { nullable: true }),
  boxed(["json_array_length"], [StringType], IntegerType, () => (json) => {
    const node = parseJson(json as string);
    return node?.kind === "array" ? node.items.length : null;
  }, { nullable: true }),
  boxed(["json_object_keys"], [StringType], ArrayType(StringType), () => (json) => {
    const node = parseJson(json as string);
    return node?.kind === "object" ? node.entries.map(([name]) => name) : null;
  }, { nullable: true }),
];
