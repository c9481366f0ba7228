import { StreamError, StringType } from "@ss/core";
import { exists, mapChildren } from "../expression/children.js";
import { references, visit } from "../expression/conjuncts.js";
import {
  type AggregateCall,
  type Alias,
  type Expression,
  freshId,
  literal,
  type ScalarCall,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { isDeterministic } from "../expression/repeatable.js";
import { sameExpression } from "../expression/same-expression.js";
import { CHECKED_VALUE, checkedCall } from "../functions/malformed/checked-call.js";
import { attributeOf } from "../logical/output.js";
import { type Guard, reached, reachedWhen } from "./branches.js";
import { fieldAt } from "./calls.js";

/** Whether an expression calls a function that decodes records of the input, and that could tell which it cannot read. */
export function hasDecoder(e: Expression): boolean {
  return exists(e, isDecoder);
}

/** The calls of such functions in an expression. */
export function decodersOf(e: Expression): readonly ScalarCall[] {
  const calls: ScalarCall[] = [];
  visit(e, (part) => {
    if (isDecoder(part)) calls.push(part);
  });
  return calls;
}

function isDecoder(e: Expression): e is ScalarCall {
  return e.kind === "scalar" && e.checked !== true && e.fn.decodes?.(e.state) === true && readsRow(e);
}

/** Whether a call reads columns of the row, or elements of them, and no results of groups. */
function readsRow(call: ScalarCall): boolean {
  const reads = exists(call, ({ kind }) => kind === "attribute" || kind === "lambdaVariable");
  return reads && !exists(call, ({ kind }) => kind === "aggregate" || kind === "window");
}

/**
 * Takes the innermost calls of decoders out of expressions: as checked calls, under names. A call in a branch of CASE and its kin, or in an
 * aggregate with a filter, reads null in rows that do not reach it; the same call is made once.
 */
export class DecoderCalls {
  /** The checked calls, named as they were written. */
  readonly aliases: Alias[] = [];
  private readonly reads: Map<number, ReadonlySet<number>>;

  /** `reads` gets the columns that the checked calls read as they were written, by the id of their alias. */
  constructor(reads: Map<number, ReadonlySet<number>>) {
    this.reads = reads;
  }

  /** The expression with the values of checked calls in it. Calls around others stay for a next pass. */
  readonly taken = (e: Expression): Expression => this.visit(e, (arg) => arg);

  private visit(e: Expression, guard: Guard): Expression {
    if (!hasDecoder(e)) return e;
    if (e.kind === "lambda") throw misplaced("a lambda function");
    if (e.kind === "aggregate" && e.filter) return this.visitFiltered(e, e.filter, guard);
    if (e.kind !== "scalar") return mapChildren(e, (child) => this.visit(child, guard));
    if (isDecoder(e) && !e.args.some(hasDecoder)) return this.take(e, guard);
    const args = e.args.map((arg, k) => {
      const before = reached(e, k);
      return this.visit(arg, before ? (one) => guard(before(one)) : guard);
    });
    return { ...e, args };
  }

  /** What an aggregate computes of the rows that its filter lets pass. */
  private visitFiltered(call: AggregateCall, filter: Expression, guard: Guard): Expression {
    const before = reachedWhen(filter);
    return mapChildren(call, (child) =>
      this.visit(child, child === filter ? guard : (one) => guard(before(one))),
    );
  }

  private take(call: ScalarCall, guard: Guard): Expression {
    const chosen = guard(NOTHING);
    // what chooses the rows has to be there, and must not choose anew
    if (!isDeterministic(chosen)) throw misplaced("a branch that a condition chooses by chance", CONDITION);
    if (hasDecoder(chosen)) return call;
    const args = call.args.map(guard);
    const checked = checkedCall({ ...call, args });
    // as it was written, without what was put around its arguments
    const shown = prettyName(call);
    let alias = this.aliases.find(({ child }) => sameExpression(child, checked));
    if (alias === undefined) {
      alias = { kind: "alias", child: checked, names: [shown], id: freshId() };
      this.aliases.push(alias);
      this.reads.set(alias.id, references(call));
    }
    return { ...fieldAt(attributeOf(alias), CHECKED_VALUE), shown };
  }
}

const NOTHING = literal(null, StringType);
const CONDITION = "the condition";

/** The error of a function that decodes where its rows cannot be reported; `moved` is what to compute before. */
export function misplaced(place: string, moved = "it"): StreamError {
  return new StreamError({
    condition: "SS_FUNCTION_PLACE",
    sqlState: "0A000",
    parameters: { place },
    message: `With malformedRowsTo(...) a function that decodes records cannot be called in ${place}. Compute ${moved} before, as a column of its own.`,
  });
}
