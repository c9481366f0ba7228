/**
 * Interval text that is refused.
 *
 * `condition` is Spark's name: `INVALID_INTERVAL_FORMAT.*`, or `_LEGACY_ERROR_TEMP_0063` for a field of an ANSI
 * literal that is out of its range; `parameters` holds the values of its message.
 */
export class IntervalFormatError extends Error {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;

  constructor(condition: string, parameters: Readonly<Record<string, string>>) {
    const values = Object.entries(parameters).map(([name, value]) => `${name} '${value}'`);
    super(`The interval text is refused: ${condition} (${values.join(", ")})`);
    this.name = "IntervalFormatError";
    this.condition = condition;
    this.parameters = parameters;
  }
}
