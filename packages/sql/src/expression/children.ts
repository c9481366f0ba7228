import type { Expression, SortOrder, WindowSpec } from "./expression.js";

type Map = (child: Expression) => Expression;

/** The expressions directly inside an expression (values on the left of IN, but not the plans of subqueries). */
export function children(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "alias":
    case "cast":
    case "sortOrder":
      return [e.child];
    case "call":
      return [...e.args, ...(e.filter ? [e.filter] : []), ...(e.withinGroup ?? [])];
    case "scalar":
    case "generator":
    case "windowFunction":
    case "userFunction":
      return e.args;
    case "aggregate":
      return e.filter || e.orderBy
        ? [...e.args, ...(e.filter ? [e.filter] : []), ...(e.orderBy ?? [])]
        : e.args;
    case "lambda":
      return [e.body];
    case "window":
      return [e.call, ...e.spec.partitionBy, ...e.spec.orderBy, ...frameOffsets(e.spec)];
    case "subquery":
      return e.values ?? NONE;
    default:
      return NONE;
  }
}

const NONE: readonly Expression[] = [];

function frameOffsets(spec: WindowSpec): Expression[] {
  const { frame } = spec;
  if (!frame) return [];
  return [frame.lower.offset, frame.upper.offset].filter((offset) => offset !== undefined);
}

/** The expression with `map` done to what is directly inside; the same object where nothing changes. */
export function mapChildren(e: Expression, map: Map): Expression {
  switch (e.kind) {
    case "alias":
    case "cast":
    case "sortOrder": {
      const child = map(e.child);
      return child === e.child ? e : { ...e, child };
    }
    case "scalar":
    case "generator":
    case "windowFunction":
    case "userFunction": {
      const args = mapList(e.args, map);
      return args === e.args ? e : { ...e, args };
    }
    case "call": {
      const args = mapList(e.args, map);
      const filter = e.filter && map(e.filter);
      const withinGroup = e.withinGroup && (mapList(e.withinGroup, map) as readonly SortOrder[]);
      if (args === e.args && filter === e.filter && withinGroup === e.withinGroup) return e;
      return { ...e, args, ...(filter ? { filter } : {}), ...(withinGroup ? { withinGroup } : {}) };
    }
    case "aggregate": {
      const args = mapList(e.args, map);
      const filter = e.filter && map(e.filter);
      const orderBy = e.orderBy && (mapList(e.orderBy, map) as readonly SortOrder[]);
      if (args === e.args && filter === e.filter && orderBy === e.orderBy) return e;
      return { ...e, args, filter, orderBy };
    }
    case "lambda": {
      const body = map(e.body);
      return body === e.body ? e : { ...e, body };
    }
    case "window": {
      const call = map(e.call);
      const spec = mapWindowSpec(e.spec, map);
      return call === e.call && spec === e.spec ? e : { ...e, call, spec };
    }
    case "subquery": {
      if (!e.values) return e;
      const values = mapList(e.values, map);
      return values === e.values ? e : { ...e, values };
    }
    default:
      return e;
  }
}

/** The specification with `map` done to its expressions. */
export function mapWindowSpec(spec: WindowSpec, map: Map): WindowSpec {
  const partitionBy = mapList(spec.partitionBy, map);
  const orderBy = mapList(spec.orderBy, map) as readonly SortOrder[];
  const frame = spec.frame && {
    ...spec.frame,
    lower: spec.frame.lower.offset
      ? { ...spec.frame.lower, offset: map(spec.frame.lower.offset) }
      : spec.frame.lower,
    upper: spec.frame.upper.offset
      ? { ...spec.frame.upper, offset: map(spec.frame.upper.offset) }
      : spec.frame.upper,
  };
  const sameFrame =
    frame?.lower.offset === spec.frame?.lower.offset && frame?.upper.offset === spec.frame?.upper.offset;
  if (partitionBy === spec.partitionBy && orderBy === spec.orderBy && sameFrame) return spec;
  return { ...spec, partitionBy, orderBy, ...(frame ? { frame } : {}) };
}

/** The list with `map` done to each; the same list where nothing changes. */
export function mapList<T extends Expression>(list: readonly T[], map: Map): readonly T[] {
  let changed: T[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const mapped = map(list[i]!) as T;
    if (changed) changed.push(mapped);
    else if (mapped !== list[i]) changed = [...list.slice(0, i), mapped];
  }
  return changed ?? list;
}

/** `map` done to every part of an expression, from the inside out; what it gives is not gone into again. */
export function transformExpression(e: Expression, map: Map): Expression {
  return map(mapChildren(e, (child) => transformExpression(child, map)));
}

/** Whether `test` holds for an expression or for any part of it. */
export function exists(e: Expression, test: (part: Expression) => boolean): boolean {
  return test(e) || children(e).some((child) => exists(child, test));
}

/** The outermost part for which `test` holds, or undefined. */
export function findPart(e: Expression, test: (part: Expression) => boolean): Expression | undefined {
  if (test(e)) return e;
  for (const child of children(e)) {
    const found = findPart(child, test);
    if (found) return found;
  }
  return undefined;
}
