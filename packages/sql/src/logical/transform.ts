import { mapList, mapWindowSpec } from "../expression/children.js";
import type { Attribute, Expression, SortOrder } from "../expression/expression.js";
import { mapInputs } from "./keyed.js";
import type { LogicalPlan } from "./plan.js";

/** The plans directly below a plan. */
export function childrenOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case "join":
      return [plan.left, plan.right];
    case "setOperation":
    case "recursion":
    case "keyed":
      return plan.children;
    default:
      return "child" in plan ? [plan.child] : [];
  }
}

/** The plan with `map` done to the plans directly below; the same object where nothing changes. */
export function mapChildren(plan: LogicalPlan, map: (child: LogicalPlan) => LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case "join": {
      const left = map(plan.left);
      const right = map(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case "setOperation": {
      const mapped = plan.children.map(map);
      return mapped.every((child, i) => child === plan.children[i]) ? plan : { ...plan, children: mapped };
    }
    case "keyed": {
      const children = mapInputs(plan.children, map);
      return children.every((child, i) => child === plan.children[i]) ? plan : { ...plan, children };
    }
    case "recursion": {
      const [anchor, step] = [map(plan.children[0]), map(plan.children[1])];
      const same = anchor === plan.children[0] && step === plan.children[1];
      return same ? plan : { ...plan, children: [anchor, step] };
    }
    default: {
      if (!("child" in plan)) return plan;
      const child = map(plan.child);
      return child === plan.child ? plan : { ...plan, child };
    }
  }
}

/** `map` done to every plan of a tree, leaves first. */
export function transformUp(plan: LogicalPlan, map: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  return map(mapChildren(plan, (child) => transformUp(child, map)));
}

/** `map` done to every plan of a tree, the top first; it goes on below what `map` gave. */
export function transformDown(plan: LogicalPlan, map: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  return mapChildren(map(plan), (child) => transformDown(child, map));
}

/** The expressions directly in an analyzed plan node. */
export function expressionsOf(plan: LogicalPlan): readonly Expression[] {
  const found: Expression[] = [];
  mapExpressions(plan, (e) => {
    found.push(e);
    return e;
  });
  return found;
}

/** The plan with `map` done to the expressions directly in it; the same object where nothing changes. */
export function mapExpressions(plan: LogicalPlan, map: (e: Expression) => Expression): LogicalPlan {
  switch (plan.kind) {
    case "project":
    case "window":
    case "observe": {
      const expressions = mapList(plan.expressions, map);
      return expressions === plan.expressions ? plan : { ...plan, expressions };
    }
    case "filter": {
      const condition = map(plan.condition);
      return condition === plan.condition ? plan : { ...plan, condition };
    }
    case "aggregate": {
      const keys = mapList(plan.keys, map);
      const expressions = mapList(plan.expressions, map);
      return keys === plan.keys && expressions === plan.expressions ? plan : { ...plan, keys, expressions };
    }
    case "expand": {
      const projections = plan.projections.map((projection) => mapList(projection, map));
      return projections.every((one, i) => one === plan.projections[i]) ? plan : { ...plan, projections };
    }
    case "join": {
      if (!plan.condition) return plan;
      const condition = map(plan.condition);
      return condition === plan.condition ? plan : { ...plan, condition };
    }
    case "sort": {
      const order = mapList(plan.order, map) as readonly SortOrder[];
      return order === plan.order ? plan : { ...plan, order };
    }
    case "limit":
    case "offset": {
      const count = map(plan.count);
      return count === plan.count ? plan : { ...plan, count };
    }
    case "deduplicate": {
      const columns = plan.columns && mapList(plan.columns, map);
      return columns === plan.columns ? plan : { ...plan, columns };
    }
    case "keyed": {
      const keys = plan.keys.map((list) => mapList(list, map));
      const inputs = plan.inputs?.map((list) => mapList(list, map) as readonly Attribute[]);
      const orders = plan.orders?.map((list) => mapList(list, map) as readonly SortOrder[]);
      const same =
        sameLists(keys, plan.keys) && sameLists(inputs, plan.inputs) && sameLists(orders, plan.orders);
      return same ? plan : { ...plan, keys, ...(inputs ? { inputs } : {}), ...(orders ? { orders } : {}) };
    }
    case "mapRows": {
      const input = plan.input && (mapList(plan.input, map) as readonly Attribute[]);
      return input === plan.input ? plan : { ...plan, input: input! };
    }
    case "generate": {
      const generator = map(plan.generator);
      return generator === plan.generator ? plan : { ...plan, generator };
    }
    case "withWatermark": {
      const eventTime = map(plan.eventTime);
      return eventTime === plan.eventTime ? plan : { ...plan, eventTime };
    }
    case "namedWindows": {
      const windows = Object.entries(plan.windows).map(
        ([name, spec]) => [name, mapWindowSpec(spec, map)] as const,
      );
      return { ...plan, windows: Object.fromEntries(windows) };
    }
    default:
      return plan;
  }
}

function sameLists(a: readonly unknown[] = [], b: readonly unknown[] = []): boolean {
  return a.every((list, i) => list === b[i]);
}

/** Whether rows keep coming from below. */
export function isStreaming(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case "read":
      return plan.streaming;
    case "source":
      return plan.read.streaming;
    default:
      return childrenOf(plan).some(isStreaming);
  }
}
