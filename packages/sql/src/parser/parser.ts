import type { DataType } from "@ss/core";
import type { Expression, SortOrder } from "../expression/expression.js";
import type { Statement } from "../logical/command.js";
import type { Name } from "../logical/plan.js";
import { parseNamed, parseSortItem } from "./expressions.js";
import { parseMultipart } from "./identifiers.js";
import type { ParserConf } from "./parser-conf.js";
import { parseWholeStatement } from "./statements.js";
import { TokenCursor } from "./token-cursor.js";
import { parseDataType } from "./types.js";

export { parseAttributePath } from "./attribute-path.js";
export { CURRENT_NAMES } from "./keywords.js";
export { queryContext } from "./parse-error.js";
export { type ParserConf, parserConf } from "./parser-conf.js";

import { withinStack } from "./too-complex.js";

const DEFAULTS: ParserConf = {};

/**
 * Reads one SQL statement. Nothing is looked up: names stay names.
 *
 * Throws PARSE_SYNTAX_ERROR, with line and position, for a text that is no statement, and a condition of its own
 * where the form is right and a literal or a clause is not.
 */
export function parseStatement(sql: string, conf: ParserConf = DEFAULTS): Statement {
  return withinStack(() => parseWholeStatement(new TokenCursor(sql, conf)));
}

/** Reads an expression as `selectExpr` and `expr` take it, with an alias if there is one. */
export function parseExpression(text: string, conf: ParserConf = DEFAULTS): Expression {
  return whole(text, conf, parseNamed);
}

/** Reads an ordering, `a DESC NULLS LAST`. */
export function parseSortOrder(text: string, conf: ParserConf = DEFAULTS): SortOrder {
  return whole(text, conf, parseSortItem);
}

/** Reads a data type, `decimal(10, 2)`. */
export function parseType(text: string, conf: ParserConf = DEFAULTS): DataType {
  return whole(text, conf, parseDataType);
}

/** Reads the name of a table or view, `catalog.schema.table`. */
export function parseTableName(text: string, conf: ParserConf = DEFAULTS): Name {
  return whole(text, conf, parseMultipart);
}

function whole<T>(text: string, conf: ParserConf, parse: (cursor: TokenCursor) => T): T {
  return withinStack(() => {
    const cursor = new TokenCursor(text, conf);
    const result = parse(cursor);
    cursor.expectEnd();
    return result;
  });
}
