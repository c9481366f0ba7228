import type { StreamError } from "@ss/core";
import type { Expression, Origin } from "../expression/expression.js";
import { isReserved } from "./keywords.js";
import { tokenize } from "./lexer.js";
import { syntaxError } from "./parse-error.js";
import type { ParserConf } from "./parser-conf.js";
import type { Token } from "./token.js";

/**
 * The place in a text that is being parsed. Every parse function takes one, reads tokens from it and leaves it behind
 * what it has read; a function that only looks ahead leaves `index` as it was.
 */
export class TokenCursor {
  readonly sql: string;
  readonly conf: ParserConf;
  readonly tokens: readonly Token[];
  index = 0;
  /** The items of row constructors, `(a, b)` and `STRUCT(a, b)`, which VALUES and IN take apart again. */
  readonly rows: Map<Expression, readonly Expression[]> = new Map();
  #closing: Int32Array | undefined;

  constructor(sql: string, conf: ParserConf) {
    this.sql = sql;
    this.conf = conf;
    this.tokens = tokenize(sql, conf.consecutiveStringLiterals === true);
  }

  get current(): Token {
    return this.tokens[this.index] as Token;
  }

  /** The token `ahead` places on; the end stays the end. */
  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)] as Token;
  }

  /** Takes the current token. */
  next(): Token {
    const token = this.current;
    if (token.type !== "end") this.index++;
    return token;
  }

  /** Whether the tokens from here on are these words or marks. */
  at(word: string, second?: string, third?: string): boolean {
    if (this.current.word !== word) return false;
    if (second === undefined) return true;
    return this.peek().word === second && (third === undefined || this.peek(2).word === third);
  }

  /** Whether the current token is one of these words or marks. */
  atAny(...words: readonly string[]): boolean {
    return words.includes(this.current.word) && this.current.word !== "";
  }

  /** Takes these words or marks if all of them are here. */
  accept(word: string, second?: string, third?: string): boolean {
    if (!this.at(word, second, third)) return false;
    this.index += third !== undefined ? 3 : second !== undefined ? 2 : 1;
    return true;
  }

  /** Takes the first of these words that is here. */
  acceptAny(...words: readonly string[]): string | undefined {
    return this.atAny(...words) ? this.next().word : undefined;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) {
      if (this.current.word !== word) throw this.error();
      this.index++;
    }
  }

  /** PARSE_SYNTAX_ERROR at a token, the current one unless told otherwise. */
  error(token: Token = this.current, hint = ""): StreamError {
    const text = token.type === "end" ? undefined : this.textOf(token);
    return syntaxError(this.sql, token.start, text, hint);
  }

  /** Refuses whatever stands behind a statement, save semicolons. */
  expectEnd(): void {
    while (this.accept(";"));
    if (this.current.type === "end") return;
    // Where dropping one token would help, that is said.
    const extra = this.peek().type === "end" ? `: extra input '${this.textOf(this.current)}'` : "";
    throw this.error(this.current, extra);
  }

  textOf(token: Token): string {
    return this.sql.slice(token.start, token.end);
  }

  /** The text from the token at an index to the last one taken. */
  originFrom(index: number): Origin {
    const start = (this.tokens[index] as Token).start;
    const end = Math.max(start + 1, (this.tokens[Math.max(index, this.index - 1)] as Token).end);
    return { start, stop: end - 1, text: this.sql.slice(start, end), sql: this.sql };
  }

  /** Whether a token may be a name. */
  isName(token: Token = this.current): boolean {
    if (token.type === "word") return this.conf.enforceReservedKeywords !== true || !isReserved(token.word);
    return (
      token.type === "quoted" || (token.type === "doubleQuoted" && this.conf.doubleQuotedIdentifiers === true)
    );
  }

  /** Whether a token is a string literal. */
  isString(token: Token = this.current): boolean {
    return (
      token.type === "string" || (token.type === "doubleQuoted" && this.conf.doubleQuotedIdentifiers !== true)
    );
  }

  /** How many `?` stand before a token. */
  parametersBefore(index: number): number {
    let count = 0;
    for (let at = 0; at < index; at++) if (this.tokens[at]?.word === "?") count++;
    return count;
  }

  /** The token that closes the parenthesis at an index; the end if nothing does. */
  closingOf(index: number): number {
    this.#closing ??= closingParentheses(this.tokens);
    return this.#closing[index] as number;
  }

  /** What `parse` reads, separated by commas. */
  list<T>(parse: (cursor: TokenCursor) => T): T[] {
    const items = [parse(this)];
    while (this.accept(",")) items.push(parse(this));
    return items;
  }

  /** The same in parentheses. */
  parenthesized<T>(parse: (cursor: TokenCursor) => T): T[] {
    this.expect("(");
    const items = this.list(parse);
    this.expect(")");
    return items;
  }
}

function closingParentheses(tokens: readonly Token[]): Int32Array {
  const closing = new Int32Array(tokens.length).fill(tokens.length - 1);
  const open: number[] = [];
  tokens.forEach((token, i) => {
    if (token.word === "(") open.push(i);
    else if (token.word === ")" && open.length > 0) closing[open.pop() as number] = i;
  });
  return closing;
}
