import { StreamError } from "@ss/core";
import { references } from "../expression/conjuncts.js";
import type { Attribute, Expression } from "../expression/expression.js";
import { joinBounds } from "../logical/join-bounds.js";
import { outputOf } from "../logical/output.js";
import type { Join } from "../logical/plan.js";
import { JOIN_OPERATOR } from "./operator-names.js";
import type { PhysicalPlan, StreamJoinPlan } from "./plan.js";
import { joinParts, widened } from "./plan-join.js";
import { lateRowsOf } from "./plan-late-rows.js";
import { narrow, type Planner, withColumns } from "./planner.js";

/** A join of two streams over the equalities of its condition. */
export function planStreamJoin(planner: Planner, node: Join): PhysicalPlan {
  const { equalities, rest } = joinParts(node);
  if (equalities.length === 0) throw withoutEquality();
  const [leftInput, rightInput] = [planner.plan(node.left), planner.plan(node.right)];
  const operatorId = planner.nextOperatorId();
  const left = withColumns(
    lateRowsOf(leftInput, operatorId, JOIN_OPERATOR),
    equalities.map((equality) => equality.left),
  );
  const right = withColumns(
    lateRowsOf(rightInput, operatorId, JOIN_OPERATOR),
    equalities.map((equality) => equality.right),
  );
  const about = (side: readonly Attribute[]): Expression[] => {
    const ids = new Set(side.map((column) => column.id));
    return rest.filter((part) => [...references(part)].every((id) => ids.has(id)));
  };
  const own = { left: about(left.plan.output), right: about(right.plan.output) };
  const output = outputOf(node);
  const wide = widened(node, left.plan.output, right.plan.output);
  const join: StreamJoinPlan = {
    kind: "streamJoin",
    left: left.plan,
    right: right.plan,
    type: node.type === "cross" ? "inner" : (node.type as StreamJoinPlan["type"]),
    keys: {
      left: left.attributes,
      right: right.attributes,
      nullSafe: equalities.map((equality) => equality.nullSafe),
    },
    own,
    conditions: rest.filter((part) => !own.left.includes(part) && !own.right.includes(part)),
    bounds: joinBounds(node),
    output: wide,
    operatorId,
  };
  return wide.length === output.length ? join : narrow(join, output);
}

function withoutEquality(): StreamError {
  const message = "Stream-stream join without equality predicate is not supported";
  return new StreamError({ condition: "_LEGACY_ERROR_TEMP_3102", parameters: { msg: message }, message });
}
