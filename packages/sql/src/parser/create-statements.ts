import { StructField, StructType } from "@ss/core";
import { freshId } from "../expression/expression.js";
import type { Command, Statement } from "../logical/command.js";
import { parseExpr } from "./expressions.js";
import { parseIdentifier, parseIdentifierList, parseMultipart } from "./identifiers.js";
import { parseOptions } from "./properties.js";
import { parseQuery } from "./query.js";
import { atQuery } from "./query-start.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";
import { parseColumns, parseDataType } from "./types.js";

/** CREATE: views are made, tables are known by their parts, all else by its name. */
export function parseCreate(cursor: TokenCursor): Statement {
  const start = cursor.index;
  cursor.expect("CREATE");
  const replace = cursor.accept("OR", "REPLACE");
  const global = cursor.accept("GLOBAL");
  const temporary = cursor.acceptAny("TEMPORARY", "TEMP") !== undefined;
  if (cursor.accept("VIEW")) return parseView(cursor, { replace, global, temporary });
  if (cursor.at("TABLE") && !replace && !temporary) return parseTable(cursor);
  const object = cursor.tokens.slice(start + 1).find((token) => !MODIFIERS.has(token.word));
  cursor.index = cursor.tokens.length - 1;
  return { kind: "unsupported", name: `CREATE ${object?.word ?? ""}`.trim() };
}

const MODIFIERS: ReadonlySet<string> = new Set(["OR", "REPLACE", "GLOBAL", "TEMPORARY", "TEMP", "EXTERNAL"]);

type ViewKind = Pick<Extract<Command, { kind: "createView" }>, "replace" | "global" | "temporary">;

function parseView(cursor: TokenCursor, kind: ViewKind): Statement {
  const ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
  const name = parseMultipart(cursor);
  let schema: StructType | undefined;
  let columns: string[] | undefined;
  if (cursor.at("(")) {
    if (hasTypes(cursor)) schema = parseSchema(cursor);
    else columns = cursor.parenthesized(parseColumnName);
  }
  if (kind.temporary && cursor.at("USING")) {
    const plan = parseSource(cursor, schema);
    return { kind: "createView", name, plan, ...kind, ifNotExists, text: cursor.sql };
  }
  skipViewClauses(cursor);
  cursor.expect("AS");
  const start = cursor.index;
  const plan = parseQuery(cursor);
  const text = cursor.originFrom(start).text;
  return {
    kind: "createView",
    name,
    plan,
    ...(columns === undefined ? {} : { columns }),
    ...kind,
    ifNotExists,
    text,
  };
}

/** Columns with types belong to a source, names alone to a query. */
function hasTypes(cursor: TokenCursor): boolean {
  return ![",", ")", "COMMENT"].includes(cursor.peek(2).word);
}

function parseSchema(cursor: TokenCursor): StructType {
  cursor.expect("(");
  const schema = parseColumns(cursor);
  cursor.expect(")");
  return schema;
}

function parseColumnName(cursor: TokenCursor): string {
  const name = parseIdentifier(cursor);
  if (cursor.accept("COMMENT")) parseString(cursor);
  return name;
}

/** `USING format [OPTIONS (...)]`. */
function parseSource(
  cursor: TokenCursor,
  schema: StructType | undefined,
): Extract<Command, { kind: "createView" }>["plan"] {
  cursor.expect("USING");
  const format = parseMultipart(cursor).join(".");
  const options = cursor.accept("OPTIONS") ? parseOptions(cursor) : {};
  return {
    kind: "read",
    format,
    options,
    paths: [],
    ...(schema === undefined ? {} : { schema }),
    streaming: false,
    readId: freshId(),
  };
}

function skipViewClauses(cursor: TokenCursor): void {
  while (true) {
    if (cursor.accept("COMMENT")) parseString(cursor);
    else if (cursor.accept("TBLPROPERTIES")) parseOptions(cursor);
    else if (cursor.accept("DEFAULT", "COLLATION")) parseIdentifier(cursor);
    else if (cursor.accept("PARTITIONED", "ON")) parseIdentifierList(cursor);
    else if (cursor.accept("WITH", "SCHEMA")) {
      cursor.accept("TYPE");
      if (cursor.acceptAny("BINDING", "COMPENSATION", "EVOLUTION") === undefined) throw cursor.error();
    } else return;
  }
}

function parseTable(cursor: TokenCursor): Statement {
  cursor.expect("TABLE");
  const ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
  const name = parseMultipart(cursor);
  const schema = cursor.at("(") ? parseTableColumns(cursor) : undefined;
  const format = cursor.accept("USING") ? parseMultipart(cursor).join(".") : undefined;
  while (!cursor.at("AS") && !atQuery(cursor, 0) && cursor.current.type !== "end" && !cursor.at(";"))
    cursor.next();
  cursor.accept("AS");
  const plan = atQuery(cursor, 0) ? parseQuery(cursor) : undefined;
  cursor.index = cursor.tokens.length - 1;
  return {
    kind: "unsupported",
    name: "CREATE TABLE",
    detail: {
      kind: "createTable",
      name,
      ifNotExists,
      ...(schema === undefined ? {} : { schema }),
      ...(format === undefined ? {} : { format }),
      ...(plan === undefined ? {} : { plan }),
    },
  };
}

/** Columns with their types; what else a definition says is read over. */
function parseTableColumns(cursor: TokenCursor): StructType {
  const fields = cursor.parenthesized((c) => {
    if (c.atAny("CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK", "UNIQUE")) {
      skipDefinition(c);
      return undefined;
    }
    const name = parseIdentifier(c);
    const type = parseDataType(c);
    let nullable = true;
    while (!c.atAny(",", ")") && c.current.type !== "end") {
      if (c.accept("NOT", "NULL")) nullable = false;
      else if (c.accept("COMMENT")) parseString(c);
      else if (c.accept("DEFAULT")) parseExpr(c);
      else skipDefinition(c);
    }
    return StructField(name, type, nullable);
  });
  return new StructType(fields.filter((field) => field !== undefined));
}

function skipDefinition(cursor: TokenCursor): void {
  let depth = 0;
  while (cursor.current.type !== "end") {
    if (depth === 0 && cursor.atAny(",", ")")) return;
    const word = cursor.next().word;
    if (word === "(") depth++;
    else if (word === ")") depth--;
  }
}
