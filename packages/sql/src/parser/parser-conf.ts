/** The settings that change how a SQL text is read. All have Spark's defaults. */
export interface ParserConf {
  /** `spark.sql.ansi.enforceReservedKeywords`: ANSI's reserved words are no names. */
  readonly enforceReservedKeywords?: boolean | undefined;
  /** `spark.sql.ansi.doubleQuotedIdentifiers`: `"a"` is a name, not a string. */
  readonly doubleQuotedIdentifiers?: boolean | undefined;
  /** `spark.sql.parser.escapedStringLiterals`: a backslash in a string stands for itself. */
  readonly escapedStringLiterals?: boolean | undefined;
  /** `spark.sql.legacy.consecutiveStringLiterals.enabled`: `'a''b'` is `ab`, not `a'b`. */
  readonly consecutiveStringLiterals?: boolean | undefined;
  /** `spark.sql.legacy.setopsPrecedence.enabled`: INTERSECT binds no tighter than UNION and EXCEPT. */
  readonly setOperationsPrecedence?: boolean | undefined;
  /** `spark.sql.legacy.parser.havingWithoutGroupByAsWhere`. */
  readonly havingWithoutGroupByAsWhere?: boolean | undefined;
  /** `spark.sql.legacy.bangEqualsNot`: `a ! IN (1)` is `a NOT IN (1)`. */
  readonly bangEqualsNot?: boolean | undefined;
  /** `spark.sql.legacy.exponentLiteralAsDecimal.enabled`: `1e3` is a DECIMAL. */
  readonly exponentLiteralAsDecimal?: boolean | undefined;
  /** `spark.sql.legacy.interval.enabled`: every interval literal is a calendar interval. */
  readonly legacyInterval?: boolean | undefined;
  /** `spark.sql.timestampType`: what TIMESTAMP means. */
  readonly timestampType?: "timestamp" | "timestamp_ntz" | undefined;
  /** `spark.sql.session.timeZone`, default UTC. */
  readonly timeZone?: string | undefined;
  /** The clock of `DATE 'today'` and `TIMESTAMP 'now'`: milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

const FLAGS = {
  enforceReservedKeywords: "spark.sql.ansi.enforceReservedKeywords",
  doubleQuotedIdentifiers: "spark.sql.ansi.doubleQuotedIdentifiers",
  escapedStringLiterals: "spark.sql.parser.escapedStringLiterals",
  consecutiveStringLiterals: "spark.sql.legacy.consecutiveStringLiterals.enabled",
  setOperationsPrecedence: "spark.sql.legacy.setopsPrecedence.enabled",
  havingWithoutGroupByAsWhere: "spark.sql.legacy.parser.havingWithoutGroupByAsWhere",
  bangEqualsNot: "spark.sql.legacy.bangEqualsNot",
  exponentLiteralAsDecimal: "spark.sql.legacy.exponentLiteralAsDecimal.enabled",
  legacyInterval: "spark.sql.legacy.interval.enabled",
} as const;

/** The parser's settings out of a session's configuration. */
export function parserConf(get: (key: string) => string | undefined, now?: () => number): ParserConf {
  const conf: Record<string, unknown> = {};
  for (const [field, key] of Object.entries(FLAGS)) conf[field] = get(key)?.toLowerCase() === "true";
  // Reserved words and quoted identifiers are parts of ANSI mode and mean nothing without it.
  if (get("spark.sql.ansi.enabled")?.toLowerCase() === "false") {
    conf["enforceReservedKeywords"] = false;
    conf["doubleQuotedIdentifiers"] = false;
  }
  const ntz = get("spark.sql.timestampType")?.toUpperCase() === "TIMESTAMP_NTZ";
  return {
    ...conf,
    timestampType: ntz ? "timestamp_ntz" : "timestamp",
    timeZone: get("spark.sql.session.timeZone"),
    now,
  };
}
