/** What an error of a source or sink means to the trigger loop: it makes the same call again, or it ends the query. */
export type Recovery = "retry" | "fail";

/** The fields of a {@link StreamError}. */
export interface StreamErrorFields {
  /** Spark's error condition, or a name that starts with `SS_` where Spark has none. */
  readonly condition: string;
  /** What failed, the values, and what to do. */
  readonly message: string;
  /** Five characters, as in the SQL standard; absent where Spark gives none. */
  readonly sqlState?: string | undefined;
  /** The values that the message names, by Spark's parameter names. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Default `"fail"`. */
  readonly recovery?: Recovery | undefined;
  /** The part of a SQL text that the error is about. */
  readonly queryContext?: QueryContext | undefined;
  readonly cause?: unknown;
}

/** A part of a SQL text, by the positions of its first and last character (both inclusive, from 0). */
export interface QueryContext {
  readonly startIndex: number;
  readonly stopIndex: number;
  readonly fragment: string;
  /** The lines of the text with the part marked; they end the message. */
  readonly summary?: string;
}

/**
 * The one error class of all packages.
 *
 * Tell it by {@link StreamError.is}, not by `instanceof`: two copies of a package may be loaded.
 */
export class StreamError extends Error {
  override readonly name: string = "StreamError";
  readonly condition: string;
  readonly sqlState: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly recovery: Recovery;
  readonly queryContext: QueryContext | undefined;

  constructor(fields: StreamErrorFields) {
    const { condition, message, cause } = fields;
    super(`[${condition}] ${message}${endingOf(fields)}`, cause === undefined ? undefined : { cause });
    this.condition = condition;
    this.sqlState = fields.sqlState;
    this.parameters = fields.parameters ?? {};
    this.recovery = fields.recovery ?? "fail";
    this.queryContext = fields.queryContext;
  }

  /** The message without its condition, its SQLSTATE and the lines of SQL. */
  get text(): string {
    return this.message.slice(`[${this.condition}] `.length, this.message.length - endingOf(this).length);
  }

  /** What an error says, for the message of another one: a SQLSTATE is told once. */
  static reasonOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    if (!StreamError.is(error)) return error.message;
    const { sqlState, message } = error;
    return sqlState === undefined ? message : message.replace(` SQLSTATE: ${sqlState}`, "");
  }

  /** Whether `error` is a StreamError, of the given condition (or of one of its sub-conditions) if one is given. */
  static is(error: unknown, condition?: string): error is StreamError {
    if (!(error instanceof Error) || error.name !== "StreamError" || !("condition" in error)) return false;
    if (condition === undefined) return true;
    return error.condition === condition || String(error.condition).startsWith(`${condition}.`);
  }
}

function endingOf({ sqlState, queryContext }: Pick<StreamErrorFields, "sqlState" | "queryContext">): string {
  const state = sqlState ? ` SQLSTATE: ${sqlState}` : "";
  return queryContext?.summary === undefined ? state : `${state}\n${queryContext.summary}`;
}

/** Stops on a broken invariant of this project's own code: a bug, not a user's mistake. */
export function assert(holds: unknown, message: string): asserts holds {
  if (!holds) {
    throw new StreamError({
      condition: "INTERNAL_ERROR",
      sqlState: "XX000",
      parameters: { message },
      message: `${message}. This is a bug: please report it with the query that caused it.`,
    });
  }
}
