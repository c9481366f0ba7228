import { sameType } from "@ss/core";
import { mapList } from "../expression/children.js";
import { canCast } from "../expression/coercion/cast-rules.js";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { accepts, expectationText, NUMERIC_AND_INTERVAL } from "../expression/coercion/type-expectation.js";
import { analysisError, datatypeMismatch, quotedType, sqlOf } from "../expression/errors.js";
import type {
  Expression,
  FrameBound,
  Origin,
  SortOrder,
  WindowExpression,
  WindowSpec,
} from "../expression/expression.js";
import { frameText, plainSql, prettyName, windowSpecText } from "../expression/expression-text.js";
import { typeOf } from "../expression/type-of.js";
import {
  isAnsiInterval,
  isAnyTimestamp,
  isGroupable,
  isIntegral,
  isInterval,
} from "../expression/type-predicates.js";
import type { Analyzer } from "./analyzer.js";
import { constantValue, intLiteral, isConstant } from "./constant.js";
import type { ExpressionContext } from "./context.js";
import { resolveExpression, resolveSortOrder } from "./resolve-expression.js";

type Frame = NonNullable<WindowSpec["frame"]>;

/** `f(x) OVER (...)` with the named window looked up, the frame filled in and checked. */
export function resolveWindowExpression(
  e: WindowExpression,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  if (isResolvedCall(e.call)) return e;
  const call = resolveExpression(e.call, { ...context, overWindow: true }, analyzer);
  if (!isResolvedCall(call)) throw notForWindow(call, e.origin);
  const written = namedWindow(e.spec, context, e.origin);
  const partitionBy = mapList(written.partitionBy, (one) => resolveExpression(one, context, analyzer));
  for (const one of partitionBy) checkPartition(one);
  const orderBy = written.orderBy.map((order) => resolveSortOrder(order, context, analyzer));
  const given = written.frame && resolveFrame(written.frame, context, analyzer);
  checkOrdered(call, orderBy);
  const frame = frameFor(call, given, orderBy, analyzer);
  const spec: WindowSpec = { partitionBy, orderBy, frame };
  const checked = given ? { ...spec, frame: checkFrame(frame, spec, specOrigin(e.origin), analyzer) } : spec;
  const result: WindowExpression = { ...e, call, spec: checked };
  if (call.kind === "aggregate" && call.distinct) throw distinctWindow(result);
  return result;
}

function checkPartition(e: Expression): void {
  const type = typeOf(e);
  if (isGroupable(type)) return;
  throw analysisError(
    "EXPRESSION_TYPE_IS_NOT_ORDERABLE",
    "42822",
    `Rows cannot be partitioned by ${sqlOf(e)}, whose type ${quotedType(type)} has no order.`,
    { expr: sqlOf(e), exprType: quotedType(type) },
    e.origin,
  );
}

/** Where the parentheses behind OVER stand. */
function specOrigin(origin: Origin | undefined): Origin | undefined {
  if (origin?.text[origin.stop] !== ")") return origin;
  let depth = 0;
  for (let at = origin.stop; at > origin.start; at--) {
    if (origin.text[at] === ")") depth++;
    else if (origin.text[at] === "(" && --depth === 0) return { ...origin, start: at };
  }
  return origin;
}

function isResolvedCall(e: Expression): boolean {
  return e.kind === "aggregate" || e.kind === "windowFunction";
}

function notForWindow(call: Expression, origin: Origin | undefined): Error {
  return analysisError(
    "UNSUPPORTED_EXPR_FOR_WINDOW",
    "42P20",
    `${sqlOf(call)} cannot stand before OVER: it is no aggregate or window function.`,
    { sqlExpr: sqlOf(call) },
    origin,
  );
}

function distinctWindow(e: WindowExpression): Error {
  return analysisError(
    "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
    "0A000",
    `DISTINCT cannot be used over a window: ${sqlOf(e)}.`,
    { windowExpr: sqlOf(e) },
    e.origin,
  );
}

function namedWindow(spec: WindowSpec, context: ExpressionContext, origin: Origin | undefined): WindowSpec {
  if (spec.reference === undefined) return spec;
  const { windows } = context.plan;
  const named = Object.hasOwn(windows, spec.reference) ? windows[spec.reference] : undefined;
  if (!named) {
    throw analysisError(
      "MISSING_WINDOW_SPECIFICATION",
      "42P20",
      `There is no window ${spec.reference} in the WINDOW clause of this query.`,
      { windowName: spec.reference, docroot: "https://spark.apache.org/docs/latest" },
      origin,
    );
  }
  const base = namedWindow(named, context, origin);
  return {
    partitionBy: spec.partitionBy.length > 0 ? spec.partitionBy : base.partitionBy,
    orderBy: spec.orderBy.length > 0 ? spec.orderBy : base.orderBy,
    ...(spec.frame ? { frame: spec.frame } : base.frame ? { frame: base.frame } : {}),
  };
}

function resolveFrame(frame: Frame, context: ExpressionContext, analyzer: Analyzer): Frame {
  const bound = (one: FrameBound): FrameBound =>
    one.offset ? { ...one, offset: resolveExpression(one.offset, context, analyzer) } : one;
  return { ...frame, lower: bound(frame.lower), upper: bound(frame.upper) };
}

function checkOrdered(call: Expression, orderBy: readonly SortOrder[]): void {
  if (call.kind !== "windowFunction" || orderBy.length > 0) return;
  throw analysisError(
    "WINDOW_FUNCTION_FRAME_NOT_ORDERED",
    "42601",
    `The window function ${call.name} needs an ORDER BY in its window.`,
    { wf_name: call.name, wf_expr: plainSql(call) },
  );
}

const TO_CURRENT_ROW: Frame = {
  type: "rows",
  lower: { bound: "unboundedPreceding" },
  upper: { bound: "currentRow" },
};
const PEERS_TO_CURRENT_ROW: Frame = { ...TO_CURRENT_ROW, type: "range" };
const WHOLE_PARTITION: Frame = { ...TO_CURRENT_ROW, upper: { bound: "unboundedFollowing" } };

const OWN_FRAMES: ReadonlyMap<string, Frame> = new Map([
  ["row_number", TO_CURRENT_ROW],
  ["rank", TO_CURRENT_ROW],
  ["dense_rank", TO_CURRENT_ROW],
  ["percent_rank", TO_CURRENT_ROW],
  ["ntile", TO_CURRENT_ROW],
  ["cume_dist", PEERS_TO_CURRENT_ROW],
]);

function frameFor(
  call: Expression,
  given: Frame | undefined,
  orderBy: readonly SortOrder[],
  analyzer: Analyzer,
): Frame {
  const own = call.kind === "windowFunction" ? ownFrame(call, analyzer) : undefined;
  if (call.kind === "windowFunction" && own && given && frameText(own) !== frameText(given)) {
    throw frameMismatch(call, given, own);
  }
  return own ?? given ?? (orderBy.length > 0 ? PEERS_TO_CURRENT_ROW : WHOLE_PARTITION);
}

/** The frame that a function always has: one row for `lead` and `lag`, rows up to the current one for ranks. */
function ownFrame(
  call: Extract<Expression, { kind: "windowFunction" }>,
  analyzer: Analyzer,
): Frame | undefined {
  const name = call.fn.names[0]!;
  if (name !== "lead" && name !== "lag") return OWN_FRAMES.get(name);
  const offset = call.args[1];
  const constant = offset && isConstant(offset) ? Number(constantValue(offset, analyzer) ?? 0) : 1;
  const bound: FrameBound = { bound: "following", offset: intLiteral(name === "lag" ? -constant : constant) };
  return { type: "rows", lower: bound, upper: bound };
}

function frameMismatch(
  call: Extract<Expression, { kind: "windowFunction" }>,
  given: Frame,
  own: Frame,
): Error {
  const windowExpr = `${prettyName(call)} OVER (${frameText(given)})`;
  return analysisError(
    "WINDOW_FUNCTION_AND_FRAME_MISMATCH",
    "42K0E",
    `${call.name} always has the frame ${frameText(own)}, not ${frameText(given)}.`,
    { funcName: `"${call.name}"`, windowExpr: `"${windowExpr}"` },
  );
}

function checkFrame(frame: Frame, spec: WindowSpec, origin: Origin | undefined, analyzer: Analyzer): Frame {
  const cast = frame.type === "range" ? castBounds(frame, spec, analyzer) : frame;
  const site = { name: "window", sql: frameText(cast), origin };
  checkRange(cast, spec, origin);
  for (const [location, bound] of [
    ["lower", cast.lower],
    ["upper", cast.upper],
  ] as const) {
    if (!bound.offset) continue;
    if (!isConstant(bound.offset)) {
      throw datatypeMismatch(
        site,
        "SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE",
        `the ${location} bound has to be a constant.`,
        {
          location,
          expression: sqlOf(bound.offset),
        },
      );
    }
    checkBoundType(frame.type, location, bound.offset, site);
  }
  checkBounds(cast, site, analyzer);
  return cast;
}

function checkBoundType(
  type: Frame["type"],
  location: string,
  offset: Expression,
  site: { name: string; sql: string; origin: Origin | undefined },
): void {
  const actual = typeOf(offset);
  const fits =
    type === "rows" ? isIntegral(actual) && actual.kind !== "long" : accepts(NUMERIC_AND_INTERVAL, actual);
  if (fits) return;
  const expectedType = type === "rows" ? '"INT"' : expectationText(NUMERIC_AND_INTERVAL);
  throw datatypeMismatch(
    site,
    "SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
    `the ${location} bound has to be ${expectedType}, not ${quotedType(actual)}.`,
    { location, exprType: quotedType(actual), expectedType },
  );
}

function castBounds(frame: Frame, spec: WindowSpec, analyzer: Analyzer): Frame {
  if (spec.orderBy.length !== 1) return frame;
  const type = typeOf(spec.orderBy[0]!.child);
  if (type.kind === "date" || isAnyTimestamp(type)) return frame;
  const { ansi } = analyzer.environment;
  const cast = (bound: FrameBound): FrameBound => {
    if (!bound.offset) return bound;
    const from = typeOf(bound.offset);
    return sameType(from, type) || !canCast(from, type, ansi)
      ? bound
      : { ...bound, offset: castTo(bound.offset, type, ansi) };
  };
  return { ...frame, lower: cast(frame.lower), upper: cast(frame.upper) };
}

/** RANGE with values as bounds needs one ordering, of a type that they can be added to. */
function checkRange(frame: Frame, spec: WindowSpec, origin: Origin | undefined): void {
  const offset = frame.lower.offset ?? frame.upper.offset;
  if (frame.type !== "range" || !offset) return;
  const site = { name: "window", sql: windowSpecText({ ...spec, frame }), origin };
  if (spec.orderBy.length === 0) {
    throw datatypeMismatch(site, "RANGE_FRAME_WITHOUT_ORDER", "a RANGE frame with values needs an ORDER BY.");
  }
  if (spec.orderBy.length > 1) {
    const orderSpec = spec.orderBy.map(prettyName).join(",");
    throw datatypeMismatch(
      site,
      "RANGE_FRAME_MULTI_ORDER",
      "a RANGE frame with values needs a single ORDER BY expression.",
      {
        orderSpec,
      },
    );
  }
  const order = typeOf(spec.orderBy[0]!.child);
  const bound = typeOf(offset);
  if (rangeFits(order, bound)) return;
  if (sameType(order, bound) && !accepts(NUMERIC_AND_INTERVAL, bound)) return;
  throw datatypeMismatch(
    site,
    "RANGE_FRAME_INVALID_TYPE",
    `the ordering of type ${quotedType(order)} does not go with bounds of type ${quotedType(bound)}.`,
    { orderSpecType: quotedType(order), valueBoundaryType: quotedType(bound) },
  );
}

function rangeFits(order: ReturnType<typeof typeOf>, bound: ReturnType<typeof typeOf>): boolean {
  if (order.kind === "date") return isIntegral(bound) && bound.kind !== "long" ? true : isInterval(bound);
  if (isAnyTimestamp(order)) return bound.kind === "interval" || isAnsiInterval(bound);
  return sameType(order, bound) && accepts(NUMERIC_AND_INTERVAL, bound);
}

function checkBounds(
  frame: Frame,
  site: { name: string; sql: string; origin: Origin | undefined },
  analyzer: Analyzer,
): void {
  const { lower, upper } = frame;
  if (lower.bound === "unboundedFollowing" || upper.bound === "unboundedPreceding") {
    throw datatypeMismatch(site, "SPECIFIED_WINDOW_FRAME_INVALID_BOUND", "the frame begins behind its end.", {
      lower: `"${boundSql(lower)}"`,
      upper: `"${boundSql(upper)}"`,
    });
  }
  if (position(lower, analyzer) <= position(upper, analyzer)) return;
  throw datatypeMismatch(
    site,
    "SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON",
    "the lower bound of a frame has to be less than or equal to the upper one.",
    { comparison: "less than or equal" },
  );
}

function boundSql(bound: FrameBound): string {
  switch (bound.bound) {
    case "unboundedPreceding":
      return "UNBOUNDED PRECEDING";
    case "unboundedFollowing":
      return "UNBOUNDED FOLLOWING";
    case "currentRow":
      return "CURRENT ROW";
    default:
      return `${bound.bound === "preceding" ? "-" : ""}${bound.offset ? prettyName(bound.offset) : ""}`;
  }
}

/** Where a bound lies in relation to the current row, as a number that orders. */
function position(bound: FrameBound, analyzer: Analyzer): number {
  switch (bound.bound) {
    case "unboundedPreceding":
      return Number.NEGATIVE_INFINITY;
    case "unboundedFollowing":
      return Number.POSITIVE_INFINITY;
    case "currentRow":
      return 0;
    default: {
      const value = bound.offset ? constantValue(bound.offset, analyzer) : 0;
      const distance = typeof value === "number" || typeof value === "bigint" ? Number(value) : 1;
      return bound.bound === "preceding" ? -distance : distance;
    }
  }
}
