import { BooleanType, sameType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { binaryOperatorDiffTypes, invalidOrderingType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isGroupable, isOrderable } from "../../expression/type-predicates.js";
import { callLike, rewriting, scalar } from "../define.js";
import { type Comparison, compareText, comparisonNeedsValues, equalsBytesText } from "../emit/compare.js";
import { anyNull, guarded, present, valueCode } from "../emit/parts.js";
import { comparisonOperands } from "./comparison-operands.js";

/** `= < <= > >= <=> != between`. */
export const comparisonFunctions: readonly ScalarFunction[] = [
  comparison(["=", "=="], "="),
  comparison(["<"], "<"),
  comparison(["<="], "<="),
  comparison([">"], ">"),
  comparison([">="], ">="),
  scalar({
    names: ["<=>", "equal_null"],
    arity: [2, 2],
    resolve: (args, context) => ({ ...resolveComparison(args, "=", context), nullable: false }),
    emit: emitNullSafe,
  }),
  rewriting(["!=", "<>"], [2, 2], (args, context) =>
    callLike(context, "not", callLike(context, "=", ...args)),
  ),
  rewriting(["between"], [3, 3], ([value, low, high], context) =>
    callLike(context, "and", callLike(context, ">=", value!, low!), callLike(context, "<=", value!, high!)),
  ),
];

function comparison(names: readonly string[], operator: Comparison): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    resolve: (args, context) => resolveComparison(args, operator, context),
    emit: (writer, args) =>
      emitComparison(writer, operator, writer.expression(args[0]!), writer.expression(args[1]!), args),
  });
}

function resolveComparison(
  args: readonly Expression[],
  operator: Comparison,
  context: FunctionContext,
): Resolution {
  const operands = comparisonOperands(args[0]!, args[1]!, context);
  const [l, r] = [typeOf(operands[0]), typeOf(operands[1])];
  if (!sameType(l, r, true)) throw binaryOperatorDiffTypes(context, l, r);
  const fits = operator === "=" ? isGroupable(l) && !isMap(l) : isOrderable(l);
  if (!fits) throw invalidOrderingType(context, context.name, l);
  return { args: operands, type: BooleanType };
}

function isMap(type: ReturnType<typeof typeOf>): boolean {
  return type.kind === "map";
}

/** Writes a comparison of two codes of one type. `args` tell constants, which are compared faster. */
export function emitComparison(
  writer: CodeWriter,
  operator: Comparison,
  l: Code,
  r: Code,
  args: readonly Expression[] = [],
): Code {
  const isNull = anyNull(l.isNull, r.isNull);
  const needsValues = comparisonNeedsValues(l) || comparisonNeedsValues(r);
  if (isNull === "false" || !needsValues) {
    return valueCode(BooleanType, isNull, text(writer, operator, l, r, args));
  }
  return guarded(writer, isNull, BooleanType, () =>
    valueCode(BooleanType, "false", writer.variable(text(writer, operator, present(l), present(r), args))),
  );
}

function text(
  writer: CodeWriter,
  operator: Comparison,
  l: Code,
  r: Code,
  args: readonly Expression[],
): string {
  if (operator === "=" && l.layout === "bytes" && r.layout === "bytes") {
    const right = literalBytes(args[1]);
    if (right) return equalsBytesText(writer, l, right);
    const left = literalBytes(args[0]);
    if (left) return equalsBytesText(writer, r, left);
  }
  return compareText(writer, operator, l, r);
}

const encoder = new TextEncoder();

/** The bytes of a constant string or binary. */
export function literalBytes(e: Expression | undefined): Uint8Array | undefined {
  if (e?.kind !== "literal") return undefined;
  if (typeof e.value === "string") return encoder.encode(e.value);
  return e.value instanceof Uint8Array ? e.value : undefined;
}

function emitNullSafe(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const l = writer.expression(args[0]!);
  const r = writer.expression(args[1]!);
  const result = writer.variable("false");
  writer.when(
    anyNull(l.isNull, r.isNull),
    () => writer.write(`${result} = ${l.isNull} && ${r.isNull};`),
    () => writer.write(`${result} = ${text(writer, "=", present(l), present(r), args)};`),
  );
  return valueCode(call.type, "false", result);
}
