import type { DataType, Value } from "@ss/core";
import { divideHalfUp, formatDecimal, formatDouble, parseScaledInteger, powerOfTen } from "@ss/kernels";
import type { EvaluationContext } from "../../expression/function.js";
import { formatValue } from "../format-value.js";
import { runtimeError } from "../runtime-error.js";

const SPECIFIER = /%(?:(\d+)\$|(<))?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** Formats values by Java's `Formatter`. */
export function formatJava(
  format: string,
  values: readonly Value[],
  types: readonly DataType[],
  context: EvaluationContext,
): string {
  let next = 0;
  return format.replace(
    SPECIFIER,
    (whole, index: string | undefined, same, flags: string, width, precision, kind: string) => {
      if (kind === "%") return pad("%", flags, width);
      if (kind === "n") return "\n";
      if (index === "0") throw zeroIndex(context);
      const at = index !== undefined ? Number(index) - 1 : same ? next - 1 : next++;
      if (at >= values.length) {
        throw runtimeError(
          "INTERNAL_ERROR",
          "XX000",
          { message: `Format specifier '${whole}'` },
          `Format specifier '${whole}' has no value.`,
          context.origin,
        );
      }
      const digits = precision === undefined ? undefined : Number(precision);
      const text = one(values[at]!, types[at]!, flags, digits, kind, context);
      const upper = kind >= "A" && kind <= "Z" ? text.toUpperCase() : text;
      return pad(upper, flags, width);
    },
  );
}

function zeroIndex(context: EvaluationContext): Error {
  return runtimeError(
    "INVALID_PARAMETER_VALUE.ZERO_INDEX",
    "22023",
    { functionName: "`format_string`", parameter: "`strfmt`" },
    "The format expects positions that start at 1, as %1$, not %0$.",
    context.origin,
  );
}

function pad(text: string, flags: string, width: string | undefined): string {
  const size = Number(width ?? 0);
  if (text.length >= size) return text;
  if (flags.includes("-")) return text.padEnd(size);
  if (!flags.includes("0")) return text.padStart(size);
  const sign = /^[+\-( ]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(size - sign.length, "0");
}

function one(
  value: Value,
  type: DataType,
  flags: string,
  precision: number | undefined,
  kind: string,
  context: EvaluationContext,
): string {
  switch (kind.toLowerCase()) {
    case "b":
      return String(typeof value === "boolean" ? value : value !== null);
    case "s": {
      const text = formatValue(value, type, context.timeZone);
      return precision === undefined ? text : text.slice(0, precision);
    }
    case "c":
      return value === null
        ? "null"
        : typeof value === "string"
          ? value
          : String.fromCodePoint(Number(value));
    case "d":
      return value === null ? "null" : signed(String(BigInt(value as number | bigint)), flags);
    case "x":
      return value === null ? "null" : unsignedText(value as number | bigint, type, 16, flags, "0x");
    case "o":
      return value === null ? "null" : unsignedText(value as number | bigint, type, 8, flags, "0");
    case "f":
      return value === null ? "null" : signed(fixed(value, type, precision ?? 6), flags);
    case "e":
      return value === null ? "null" : signed(scientific(Number(value), precision ?? 6), flags);
    case "g":
      return value === null ? "null" : signed(Number(value).toPrecision(precision ?? 6), flags);
    default:
      throw runtimeError(
        "INTERNAL_ERROR",
        "XX000",
        { message: `Conversion = '${kind}'` },
        `The conversion %${kind} is unknown.`,
        context.origin,
      );
  }
}

/** A number's text with the signs and commas that its flags want. */
function signed(text: string, flags: string): string {
  const negative = text.startsWith("-");
  let body = negative ? text.slice(1) : text;
  if (flags.includes(",")) {
    const [whole = "", fraction] = body.split(".");
    body = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction}`);
  }
  if (negative) return flags.includes("(") ? `(${body})` : `-${body}`;
  return flags.includes("+") ? `+${body}` : flags.includes(" ") ? ` ${body}` : body;
}

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, integer: 32, long: 64 };

function unsignedText(
  value: number | bigint,
  type: DataType,
  base: number,
  flags: string,
  prefix: string,
): string {
  const text = BigInt.asUintN(BITS[type.kind] ?? 64, BigInt(value)).toString(base);
  return flags.includes("#") ? prefix + text : text;
}

function fixed(value: Value, type: DataType, places: number): string {
  if (type.kind !== "decimal" && !Number.isFinite(value)) return formatDouble(value as number);
  const exact =
    type.kind === "decimal"
      ? { unscaled: value as bigint, scale: type.scale }
      : parseScaledInteger(formatDouble(value as number))!;
  const { unscaled, scale } = exact;
  const rounded =
    places >= scale
      ? unscaled * powerOfTen(places - scale)
      : divideHalfUp(unscaled, powerOfTen(scale - places));
  return formatDecimal(rounded, places);
}

function scientific(value: number, places: number): string {
  if (!Number.isFinite(value)) return formatDouble(value);
  return value.toExponential(places).replace(/e([+-])(\d)$/, "e$10$2");
}
