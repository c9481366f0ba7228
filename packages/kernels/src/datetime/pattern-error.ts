/**
 * A date-time pattern that is refused.
 *
 * `condition` is Spark's name: `INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION` for a pattern
 * that only the formatter before Spark 3.0 understood, `INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN`,
 * or one of `INVALID_DATETIME_PATTERN.*`. `parameters` holds the values of its message, bare of quotes.
 */
export class DatetimePatternError extends Error {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;

  constructor(condition: string, parameters: Readonly<Record<string, string>>) {
    const values = Object.entries(parameters).map(([name, value]) => `${name} '${value}'`);
    super(`The date-time pattern is refused: ${condition} (${values.join(", ")})`);
    this.name = "DatetimePatternError";
    this.condition = condition;
    this.parameters = parameters;
  }
}

/**
 * A value that a pattern cannot show or a field that it lacks, such as an hour of a DATE or a zone of a
 * TIMESTAMP_NTZ.
 */
export class DatetimeFieldError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = "DatetimeFieldError";
  }
}
