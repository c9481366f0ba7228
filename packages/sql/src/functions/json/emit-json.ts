import { ArrayType, IntegerType, StringType } from "@ss/core";
import type { JsonStep } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall } from "../../expression/function.js";
import { remembered } from "../datetime/patterns.js";
import { bytesArguments } from "../emit/arena-text.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { type BytesCode, bytesCode, guarded, valueCode } from "../emit/parts.js";
import { JsonObjectKeys, jsonArrayLength, jsonFinder } from "./json-bytes.js";
import { getJsonObject, parseJsonPath } from "./json-path.js";

const encoder = new TextEncoder();

/** `get_json_object`: by the bytes where the path is a constant without wildcards. */
export function emitGetJsonObject(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const steps = constantSteps(args[1]!);
  const json = writer.expression(args[0]!) as BytesCode;
  if (steps === undefined) return emitAnyPath(writer, json, writer.expression(args[1]!), call);
  const rt = writer.runtime;
  return guarded(writer, json.isNull, call.type, () => {
    const found = writer.variable(`${writer.constant(jsonFinder(steps))}(${rt}, ${bytesArguments(json)})`);
    const [start, length] = [writer.variable(`${rt}.start`), writer.variable(`${rt}.length`)];
    return bytesCode(StringType, `!${found}`, `${rt}.bytes`, start, length);
  });
}

function constantSteps(path: Expression): readonly JsonStep[] | undefined {
  if (path.kind !== "literal" || typeof path.value !== "string") return undefined;
  const steps = parseJsonPath(path.value)?.map((step) => {
    if (step.kind === "key") return encoder.encode(step.name);
    return step.kind === "index" ? step.index : undefined;
  });
  return steps?.every((step) => step !== undefined) ? steps : undefined;
}

function emitAnyPath(writer: CodeWriter, json: Code, path: Code, call: EmitCall): Code {
  const parse = remembered((text) => parseJsonPath(text) ?? null);
  const find = (text: string, pathText: string): string | null => {
    const steps = parse(pathText);
    return steps === null ? null : getJsonObject(text, steps);
  };
  return emitBoxedCall(writer, find, [json, path], call.type);
}

/** `json_array_length`. */
export function emitJsonArrayLength(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const json = writer.expression(args[0]!) as BytesCode;
  return guarded(writer, json.isNull, call.type, () => {
    const count = writer.variable(`${writer.constant(jsonArrayLength())}(${bytesArguments(json)})`);
    return valueCode(IntegerType, `(${count} < 0)`, count);
  });
}

/** `json_object_keys`. */
export function emitJsonObjectKeys(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const json = writer.expression(args[0]!) as BytesCode;
  return guarded(writer, json.isNull, call.type, () => {
    const found = new JsonObjectKeys();
    const keys = writer.builder(found.keys);
    const start = writer.variable(`${keys}.length`);
    const isFound = writer.variable(`${writer.constant(found)}.append(${bytesArguments(json)})`);
    const length = writer.variable(`${keys}.length - ${start}`);
    return {
      type: ArrayType(StringType),
      isNull: `!${isFound}`,
      layout: "list",
      column: keys,
      start,
      length,
    };
  });
}
