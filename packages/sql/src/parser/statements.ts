import { StreamError } from "@ss/core";
import type { Statement } from "../logical/command.js";
import { parseCreate } from "./create-statements.js";
import { parseMultipart } from "./identifiers.js";
import { parseInsert } from "./insert-statements.js";
import { parseQuery, parseWith } from "./query.js";
import { parseReset, parseSet } from "./set-statements.js";
import type { TokenCursor } from "./token-cursor.js";

type StatementParser = (cursor: TokenCursor) => Statement;

const PARSERS: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ["CREATE", parseCreate],
  ["DROP", parseDrop],
  ["SET", parseSet],
  ["RESET", parseReset],
  ["EXPLAIN", parseExplain],
  ["DESCRIBE", parseDescribe],
  ["DESC", parseDescribe],
  ["INSERT", parseInsert],
  ["WITH", parseWithStatement],
  ...["SELECT", "FROM", "VALUES", "TABLE", "(", "MAP", "REDUCE"].map((word): [string, StatementParser] => [
    word,
    parseQueryStatement,
  ]),
]);

/** Commands that are known by their first word and not carried out. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  (
    "ADD ALTER ANALYZE BEGIN CACHE CALL CLEAR COMMENT COMMIT DECLARE DELETE DFS EXECUTE EXPORT GRANT IMPORT LIST LOAD " +
    "LOCK MERGE MSCK REFRESH REPAIR REPLACE REVOKE ROLLBACK SHOW START TRUNCATE UNCACHE UNLOCK UPDATE USE"
  ).split(" "),
);

/** One statement and the semicolons behind it. */
export function parseWholeStatement(cursor: TokenCursor): Statement {
  if (cursor.current.type === "end") throw emptyStatement();
  const statement = parseOne(cursor);
  cursor.expectEnd();
  return statement;
}

function emptyStatement(): StreamError {
  return new StreamError({
    condition: "PARSE_EMPTY_STATEMENT",
    sqlState: "42617",
    message: "The SQL text has no statement in it.",
  });
}

function parseOne(cursor: TokenCursor): Statement {
  const word = cursor.current.word;
  const parse = PARSERS.get(word);
  if (parse !== undefined) return parse(cursor);
  if (UNSUPPORTED.has(word)) return unsupportedStatement(cursor);
  throw cursor.error();
}

/** A statement that nothing is done with: its name is its first words, and the rest is skipped unread. */
export function unsupportedStatement(cursor: TokenCursor): Statement {
  const words: string[] = [];
  for (let at = 0; at < 2 && cursor.peek(at).type === "word"; at++) words.push(cursor.peek(at).word);
  // A second word that is a name, as in USE mydb, is no part of the command's name.
  const single = ["USE", "DELETE", "UPDATE", "DECLARE", "BEGIN", "CALL", "CLEAR", "REFRESH"].includes(
    words[0] as string,
  );
  const name = single && words[1] !== "CACHE" ? (words[0] as string) : words.join(" ");
  skipToEnd(cursor);
  return { kind: "unsupported", name };
}

function skipToEnd(cursor: TokenCursor): void {
  cursor.index = cursor.tokens.length - 1;
}

function parseQueryStatement(cursor: TokenCursor): Statement {
  if (cursor.at("FROM") && isMultiInsert(cursor)) return multiInsert(cursor);
  return { kind: "query", plan: parseQuery(cursor) };
}

function multiInsert(cursor: TokenCursor): Statement {
  skipToEnd(cursor);
  return { kind: "unsupported", name: "INSERT" };
}

/** `FROM t INSERT ... INSERT ...`. */
function isMultiInsert(cursor: TokenCursor): boolean {
  return cursor.tokens.some(
    (token, i) => token.word === "INSERT" && ["INTO", "OVERWRITE"].includes(cursor.tokens[i + 1]?.word ?? ""),
  );
}

/** WITH stands before queries, and also before INSERT, UPDATE and their like. */
function parseWithStatement(cursor: TokenCursor): Statement {
  const start = cursor.index;
  parseWith(cursor);
  if (cursor.atAny("INSERT", "UPDATE", "DELETE", "MERGE")) return unsupportedStatement(cursor);
  if (cursor.at("FROM") && isMultiInsert(cursor)) return multiInsert(cursor);
  cursor.index = start;
  return parseQueryStatement(cursor);
}

function parseDrop(cursor: TokenCursor): Statement {
  const kind = cursor.peek().word;
  if (kind !== "VIEW" && kind !== "TABLE") return unsupportedStatement(cursor);
  cursor.index += 2;
  const ifExists = cursor.accept("IF", "EXISTS");
  const name = parseMultipart(cursor);
  cursor.accept("PURGE");
  return { kind: kind === "VIEW" ? "dropView" : "dropTable", name, ifExists };
}

const EXPLAIN_MODES = {
  LOGICAL: "simple",
  FORMATTED: "formatted",
  EXTENDED: "extended",
  CODEGEN: "codegen",
  COST: "cost",
} as const;

function parseExplain(cursor: TokenCursor): Statement {
  cursor.next();
  const word = cursor.acceptAny(...Object.keys(EXPLAIN_MODES)) as keyof typeof EXPLAIN_MODES | undefined;
  const statement = parseOne(cursor);
  if (statement.kind !== "query") return { kind: "unsupported", name: "EXPLAIN" };
  return { kind: "explain", mode: word === undefined ? "simple" : EXPLAIN_MODES[word], plan: statement.plan };
}

const QUERY_WORDS: readonly string[] = ["SELECT", "WITH", "VALUES", "FROM", "(", "MAP", "REDUCE"];

/** DESCRIBE QUERY; of tables and functions only the name is known. */
function parseDescribe(cursor: TokenCursor): Statement {
  const next = cursor.peek();
  const behind = cursor.peek(2);
  const marked = next.word === "QUERY" && (QUERY_WORDS.includes(behind.word) || behind.word === "TABLE");
  if (marked || (QUERY_WORDS.includes(next.word) && behind.type !== "end")) {
    cursor.index += marked ? 2 : 1;
    return { kind: "describeQuery", plan: parseQuery(cursor) };
  }
  const known = ["FUNCTION", "PROCEDURE", "DATABASE", "SCHEMA", "NAMESPACE"].includes(next.word);
  skipToEnd(cursor);
  return { kind: "unsupported", name: known ? `DESCRIBE ${next.word}` : "DESCRIBE TABLE" };
}
