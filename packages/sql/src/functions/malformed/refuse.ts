import { assert, BooleanType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression, ScalarCall } from "../../expression/expression.js";
import type { ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { scalar } from "../define.js";

/**
 * The condition under which a row goes on that functions had to decode: the first argument, the reason why one could not, is null. A row
 * for which it is not is kept back, as a row of the other arguments; see `Stage.takeRefused`. The optimizer must see it as a call that is
 * not deterministic: a condition that stands above may not be checked before, since what it drops would be reported no more.
 */
export const refuseFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["$refuse"],
    arity: [1, Number.POSITIVE_INFINITY],
    deterministic: false,
    nullPropagating: false,
    resolve: () => {
      assert(false, "the condition on malformed rows is made after analysis");
    },
    emit: emitRefuse,
    pretty: ([reason]) => `${reason} IS NULL`,
  }),
];

const [REFUSE] = refuseFunctions as readonly [ScalarFunction];

/** The condition that refuses rows with a reason; `row` is what is told of them. */
export function refuseUnlessNull(reason: Expression, row: readonly Expression[]): ScalarCall {
  const args = [reason, ...row];
  return { kind: "scalar", fn: REFUSE, args, type: BooleanType, nullable: false, name: "$refuse" };
}

/** Whether a condition is one of {@link refuseUnlessNull}. */
export function isRefusal(e: Expression): e is ScalarCall {
  return e.kind === "scalar" && e.fn.names[0] === "$refuse";
}

function emitRefuse(writer: CodeWriter, [reason, ...row]: readonly Expression[]): Code {
  const { isNull } = writer.expression(reason!);
  const code = { type: BooleanType, layout: "boolean", isNull: "false" } as const;
  if (isNull === "true") return { ...code, value: "true" };
  const types = writer.constant(row.map(typeOf));
  writer.when(`!${isNull}`, () => {
    const values = row.map((e) => writer.box(writer.expression(e)));
    writer.write(`${writer.runtime}.refuse(${types}, [${values.join(", ")}]);`);
  });
  return { ...code, value: isNull };
}
