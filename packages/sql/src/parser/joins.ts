import type { Join, JoinType, LogicalPlan } from "../logical/plan.js";
import { parseExpr } from "./expressions.js";
import { parseIdentifierList } from "./identifiers.js";
import { parseError } from "./parse-error.js";
import { parseRelationPrimary, refuseLateralTable } from "./relations.js";
import type { TokenCursor } from "./token-cursor.js";

/** The words before JOIN, longest first, and what they mean. */
const TYPES: readonly (readonly [words: readonly string[], type: JoinType])[] = [
  [["LEFT", "OUTER"], "left"],
  [["LEFT", "SEMI"], "leftSemi"],
  [["LEFT", "ANTI"], "leftAnti"],
  [["RIGHT", "OUTER"], "right"],
  [["FULL", "OUTER"], "full"],
  [["INNER"], "inner"],
  [["CROSS"], "cross"],
  [["LEFT"], "left"],
  [["RIGHT"], "right"],
  [["FULL"], "full"],
  [["SEMI"], "leftSemi"],
  [["ANTI"], "leftAnti"],
  [[], "inner"],
];

/** A join that stands behind a relation; undefined when none does. */
export function parseJoin(cursor: TokenCursor, left: LogicalPlan): LogicalPlan | undefined {
  const start = cursor.index;
  const natural = cursor.at("NATURAL") && cursor.accept("NATURAL");
  const type = acceptType(cursor);
  if (type === undefined) {
    if (natural) throw cursor.error();
    return undefined;
  }
  const lateralStart = cursor.index;
  const lateral = cursor.accept("LATERAL");
  const right = parseRelationPrimary(cursor);
  if (lateral) refuseLateralTable(cursor, lateralStart, right);
  const criteria = natural ? {} : parseCriteria(cursor);
  if (lateral) refuseLateral(cursor, start, natural, criteria);
  return {
    kind: "join",
    left,
    right,
    type,
    ...(criteria.condition === undefined ? {} : { condition: criteria.condition }),
    ...(criteria.using === undefined ? {} : { using: criteria.using }),
    ...(natural ? { natural } : {}),
    ...(lateral ? { lateral } : {}),
    origin: cursor.originFrom(start),
  };
}

/** Takes the words of a join and JOIN itself. */
function acceptType(cursor: TokenCursor): JoinType | undefined {
  for (const [words, type] of TYPES) {
    if (words.every((word, i) => cursor.peek(i).word === word) && cursor.peek(words.length).word === "JOIN") {
      cursor.index += words.length + 1;
      return type;
    }
  }
  return undefined;
}

interface Criteria {
  readonly condition?: Join["condition"];
  readonly using?: readonly string[];
}

function parseCriteria(cursor: TokenCursor): Criteria {
  if (cursor.accept("ON")) return { condition: parseExpr(cursor) };
  if (cursor.at("USING", "(")) {
    cursor.next();
    return { using: parseIdentifierList(cursor) };
  }
  return {};
}

function refuseLateral(cursor: TokenCursor, start: number, natural: boolean, criteria: Criteria): void {
  const origin = cursor.originFrom(start);
  if (natural) {
    const parameters = { joinType1: "LATERAL", joinType2: "NATURAL" };
    throw parseError(
      "INCOMPATIBLE_JOIN_TYPES",
      "42613",
      parameters,
      origin,
      "A join is LATERAL or NATURAL, not both.",
    );
  }
  if (criteria.using !== undefined) {
    const message = "A LATERAL join takes ON, not USING.";
    throw parseError("UNSUPPORTED_FEATURE.LATERAL_JOIN_USING", "0A000", {}, origin, message);
  }
}
