import { type DataType, type DecimalType, StreamError } from "@ss/core";
import { formatDecimal } from "@ss/kernels";

/** A sum that left the range of its type. */
export function arithmeticOverflow(type: DataType): StreamError {
  const message = type.kind === "long" ? "long overflow" : "integer overflow";
  if (type.kind !== "long") {
    return new StreamError({
      condition: "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION",
      sqlState: "22015",
      message: "An interval grew beyond its range.",
    });
  }
  return new StreamError({
    condition: "ARITHMETIC_OVERFLOW",
    sqlState: "22003",
    parameters: {
      message,
      alternative: " Use 'try_sum' to tolerate overflow and return NULL instead.",
      config: '"spark.sql.ansi.enabled"',
    },
    message: `${message}. Use try_sum to get NULL instead, or set "spark.sql.ansi.enabled" to "false".`,
  });
}

/** A decimal sum with more digits than its type holds. */
export function numericValueOutOfRange(value: bigint, type: DecimalType): StreamError {
  const text = formatDecimal(value, type.scale);
  return new StreamError({
    condition: "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
    sqlState: "22003",
    parameters: {
      value: text,
      precision: String(type.precision),
      scale: String(type.scale),
      config: '"spark.sql.ansi.enabled"',
    },
    message: `${text} does not fit DECIMAL(${type.precision},${type.scale}). Set "spark.sql.ansi.enabled" to "false" to get NULL instead.`,
  });
}
