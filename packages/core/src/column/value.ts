/** A calendar interval as a value. */
export interface IntervalValue {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

/** A map as a value: entries in order. */
export interface MapValue {
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
}

/**
 * One cell outside a column, in the engine's own units. Made where single values are needed (literals, boxed functions,
 * tests), never per row on a hot path.
 *
 * | types | value |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT, FLOAT, DOUBLE | number |
 * | DATE | number of days since 1970-01-01 |
 * | year-month interval | number of months |
 * | BIGINT | bigint |
 * | TIMESTAMP, TIMESTAMP_NTZ, day-time interval | bigint of microseconds |
 * | TIME | bigint of nanoseconds |
 * | DECIMAL | bigint, unscaled |
 * | STRING, CHAR, VARCHAR | string |
 * | BINARY | Uint8Array |
 * | ARRAY, STRUCT | array of values |
 * | MAP | MapValue |
 * | calendar interval | IntervalValue |
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | MapValue
  | IntervalValue;
