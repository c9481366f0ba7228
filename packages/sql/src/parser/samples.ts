import type { LogicalPlan } from "../logical/plan.js";
import { drawnSeed } from "../logical/sample-seed.js";
import { parseExpr } from "./expressions.js";
import { parseFieldName } from "./identifiers.js";
import { parseError } from "./parse-error.js";
import type { TokenCursor } from "./token-cursor.js";
import { integerArgument } from "./types.js";

/** `TABLESAMPLE (10 PERCENT | 5 ROWS | BUCKET 1 OUT OF 4) [REPEATABLE (seed)]`. */
export function parseSample(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.index;
  cursor.expect("TABLESAMPLE", "(");
  if (cursor.accept(")"))
    throw parseError(
      "_LEGACY_ERROR_TEMP_0014",
      undefined,
      {},
      cursor.originFrom(start),
      "TABLESAMPLE needs a size.",
    );
  const rows = parseRows(cursor, child);
  if (rows !== undefined) {
    parseSeed(cursor);
    return rows;
  }
  const fraction = parseFraction(cursor, start);
  cursor.expect(")");
  const seed = parseSeed(cursor);
  if (!(fraction >= -1e-6 && fraction <= 1 + 1e-6)) {
    const msg = `Sampling fraction (${Number.isInteger(fraction) ? fraction.toFixed(1) : fraction}) must be on interval [0, 1]`;
    throw parseError("_LEGACY_ERROR_TEMP_0064", undefined, { msg }, cursor.originFrom(start), msg);
  }
  const base = { kind: "sample", child, fraction, withReplacement: false } as const;
  return { ...base, seed: seed ?? drawnSeed(), drawn: seed === undefined };
}

/** `n ROWS` takes the first rows. */
function parseRows(cursor: TokenCursor, child: LogicalPlan): LogicalPlan | undefined {
  const at = cursor.index;
  if (!cursor.at("BUCKET")) {
    const count = parseExpr(cursor);
    if (cursor.accept("ROWS")) {
      cursor.expect(")");
      return { kind: "limit", child, count };
    }
  }
  cursor.index = at;
  return undefined;
}

function parseFraction(cursor: TokenCursor, start: number): number {
  if (cursor.accept("BUCKET")) return parseBucket(cursor, start);
  const sign = cursor.accept("-") ? -1 : 1;
  const token = cursor.current;
  if (token.type !== "integer" && token.type !== "decimal") throw bytes(cursor, start);
  cursor.next();
  if (!cursor.accept("PERCENT")) throw bytes(cursor, start);
  return (sign * Number(cursor.textOf(token))) / 100;
}

function parseBucket(cursor: TokenCursor, start: number): number {
  const numerator = integerArgument(cursor);
  cursor.expect("OUT", "OF");
  const denominator = integerArgument(cursor);
  if (cursor.accept("ON")) {
    parseFieldName(cursor);
    if (cursor.accept("(")) cursor.expect(")");
    const message = "Buckets on a column are not supported.";
    throw parseError(
      "_LEGACY_ERROR_TEMP_0015",
      undefined,
      { msg: "BUCKET x OUT OF y ON colname" },
      cursor.originFrom(start),
      message,
    );
  }
  return numerator / denominator;
}

/** Sizes in bytes mean nothing here. */
function bytes(cursor: TokenCursor, start: number): Error {
  const message = "A sample has a size in PERCENT, ROWS or buckets.";
  while (cursor.current.type !== "end" && !cursor.at(")")) cursor.next();
  cursor.accept(")");
  const parameters = { msg: "byteLengthLiteral" };
  return parseError("_LEGACY_ERROR_TEMP_0015", undefined, parameters, cursor.originFrom(start), message);
}

function parseSeed(cursor: TokenCursor): number | undefined {
  if (!cursor.accept("REPEATABLE")) return undefined;
  cursor.expect("(");
  const seed = integerArgument(cursor);
  cursor.expect(")");
  return seed;
}
