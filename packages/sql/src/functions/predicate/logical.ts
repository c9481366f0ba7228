import { BooleanType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { ScalarFunction } from "../../expression/function.js";
import { boxed, inputTypes, scalar } from "../define.js";
import { valueCode, valueOf } from "../emit/parts.js";

/** `and`, `or`, `not`, `isnull`, `isnotnull`, `isnan` and tests of truth. */
export const logicalFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["and"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [BooleanType], context, BooleanType),
    emit: (writer, args) => emitJunction(writer, args, true),
  }),
  scalar({
    names: ["or"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [BooleanType], context, BooleanType),
    emit: (writer, args) => emitJunction(writer, args, false),
  }),
  scalar({
    names: ["not", "!"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [BooleanType], context, BooleanType),
    emit: (writer, args) => {
      const code = writer.expression(args[0]!);
      return valueCode(BooleanType, code.isNull, `(!${valueOf(code)})`);
    },
  }),
  scalar({
    names: ["isnull"],
    arity: [1, 1],
    resolve: (args) => ({ args, type: BooleanType, nullable: false }),
    emit: (writer, args) => valueCode(BooleanType, "false", writer.expression(args[0]!).isNull),
  }),
  scalar({
    names: ["isnotnull"],
    arity: [1, 1],
    resolve: (args) => ({ args, type: BooleanType, nullable: false }),
    emit: (writer, args) => valueCode(BooleanType, "false", `(!${writer.expression(args[0]!).isNull})`),
  }),
  boxed(
    ["isnan"],
    [[{ kind: "double" }, { kind: "float" }]],
    BooleanType,
    () => (value) => value !== null && Number.isNaN(value),
    { nullPropagating: false, nullable: false },
  ),
];

/**
 * `and` and `or`: the right side runs only where the left one does not decide. `decides` is the value of the left side that lets
 * the right one run: true for `and`.
 */
function emitJunction(writer: CodeWriter, args: readonly Expression[], decides: boolean): Code {
  const l = writer.expression(args[0]!);
  const lValue = valueOf(l);
  if (l.isNull === "false" && (lValue === "true" || lValue === "false")) {
    return (lValue === "true") === decides ? writer.expression(args[1]!) : l;
  }
  const open = decides ? lValue : `!${lValue}`;
  const value = writer.variable(String(!decides));
  const isNull = writer.variable("false");
  let mayBeNull = l.isNull !== "false";
  writer.when(mayBeNull ? `(${l.isNull}) || ${open}` : open, () => {
    const r = writer.expression(args[1]!);
    mayBeNull ||= r.isNull !== "false";
    const rDecided = decides ? `!${valueOf(r)}` : valueOf(r);
    if (l.isNull === "false") {
      writer.write(
        r.isNull === "false"
          ? `${value} = ${valueOf(r)};`
          : `${isNull} = ${r.isNull}; ${value} = ${valueOf(r)};`,
      );
      return;
    }
    // the left side is null here, or leaves the decision to the right one
    const rIsDecisive = r.isNull === "false" ? rDecided : `!${r.isNull} && ${rDecided}`;
    const anyIsNull = r.isNull === "false" ? l.isNull : `${l.isNull} || ${r.isNull}`;
    writer.write(`if (!(${rIsDecisive})) { ${isNull} = ${anyIsNull}; ${value} = ${decides}; }`);
  });
  return valueCode(BooleanType, mayBeNull ? isNull : "false", value);
}
