import { StreamError } from "@ss/core";
import { mapChildren } from "../expression/children.js";
import { hasColumnCall } from "../expression/column-call.js";
import { references } from "../expression/conjuncts.js";
import type { Attribute, Expression, ScalarCall } from "../expression/expression.js";
import { freshId } from "../expression/expression.js";
import { isRepeatable } from "../expression/repeatable.js";
import { sameExpression } from "../expression/same-expression.js";
import { type Guard, reached } from "../optimizer/branches.js";

/** A call to be computed as a column. */
export interface CollectedCall {
  readonly call: ScalarCall;
  /** Its arguments, null in rows that do not reach the call. */
  readonly args: readonly Expression[];
  /** What stands for the call above. */
  readonly result: Attribute;
}

/**
 * Finds the innermost calls of functions that work on columns, and puts attributes in their places. A call in a branch of CASE and its kin gets
 * null in the rows that take other branches; the same call is computed once.
 */
export class CallCollector {
  readonly calls: CollectedCall[] = [];
  private readonly results = new Map<ScalarCall, Attribute>();
  private readonly isBound: (id: number) => boolean;

  /** `isBound` tells attributes that are themselves made of calls. */
  constructor(isBound: (id: number) => boolean) {
    this.isBound = isBound;
  }

  /** Takes the innermost calls of an expression. */
  collect(e: Expression): void {
    if (hasColumnCall(e)) this.visit(e, (arg) => arg);
  }

  /** The expression with attributes in place of the calls that were collected. */
  replace(e: Expression): Expression {
    const result = e.kind === "scalar" ? this.results.get(e) : undefined;
    return result ?? mapChildren(e, (child) => this.replace(child));
  }

  private visit(e: Expression, guard: Guard): void {
    if (!hasColumnCall(e)) return;
    if (e.kind !== "scalar") {
      if (e.kind === "lambda") throw inLambda();
      mapChildren(e, (child) => {
        this.visit(child, guard);
        return child;
      });
      return;
    }
    if (e.fn.columnar && !e.args.some((arg) => this.waits(arg))) return this.add(e, guard);
    e.args.forEach((arg, k) => {
      const before = reached(e, k);
      this.visit(arg, before ? (one) => guard(before(one)) : guard);
    });
  }

  /** Whether an argument has to be computed after other calls. */
  private waits(e: Expression): boolean {
    return hasColumnCall(e) || [...references(e)].some(this.isBound);
  }

  private add(call: ScalarCall, guard: Guard): void {
    const guarded = call.fn.columnar!.nullPropagating ? call.args.map(guard) : call.args;
    // a guard over calls or what they make is not there yet, and one that is random would choose anew: then all rows are computed
    const isUsable = guarded.every((arg) => !this.waits(arg) && isRepeatable(arg));
    const args = isUsable ? guarded : call.args;
    const known = this.calls.find(
      (other) =>
        sameExpression(other.call, call) &&
        (other.args.every((arg, k) => arg === other.call.args[k]) ||
          other.args.every((arg, k) => sameExpression(arg, args[k]!))),
    );
    if (known) {
      this.results.set(call, known.result);
      return;
    }
    const { type, name } = call;
    const result: Attribute = {
      kind: "attribute",
      id: freshId(),
      name,
      type,
      nullable: true,
      qualifier: [],
    };
    this.results.set(call, result);
    this.calls.push({ call, args, result });
  }
}

function inLambda(): StreamError {
  return new StreamError({
    condition: "SS_FUNCTION_PLACE",
    sqlState: "0A000",
    parameters: { place: "a lambda function" },
    message:
      "A function that a plug-in brings cannot be called in a lambda function. Take the array apart with explode first.",
  });
}
