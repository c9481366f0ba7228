import { valueAt } from "@ss/core";
import { transformExpression } from "../../expression/children.js";
import { type AggregateCall, type Expression, literal } from "../../expression/expression.js";
import { typeOf } from "../../expression/type-of.js";

/** An expression over aggregate functions as it is where there are no rows: 0 for `count(*)`, null for most others. */
export function overNoRows(e: Expression, ansi: boolean): Expression {
  return transformExpression(e, (part) => (part.kind === "aggregate" ? resultOfNoRows(part, ansi) : part));
}

function resultOfNoRows(call: AggregateCall, ansi: boolean): Expression {
  const accumulator = call.fn.accumulator({
    argTypes: call.args.map(typeOf),
    type: call.type,
    state: call.state,
    ansi,
    orderBy: call.orderBy ?? [],
  });
  accumulator.resize(1);
  return literal(valueAt(accumulator.results(1), 0), call.type);
}
