import { type DataType, IntegerType, StringType, type Value } from "@ss/core";
import { formatDecimal, formatDouble, parseScaledInteger, roundHalfEvenDecimal } from "@ss/kernels";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  EvaluationContext,
  FunctionContext,
  Resolution,
  ScalarFunction,
} from "../../expression/function.js";
import { nullableOf } from "../../expression/type-of.js";
import { boxed, scalar } from "../define.js";
import { formatJava } from "./java-format.js";

/** `format_number` and `format_string`. */
export const formattingFunctions: readonly ScalarFunction[] = [
  boxed(
    ["format_number"],
    ["numeric", [IntegerType, StringType]],
    StringType,
    ({ argTypes }) =>
      (value, format) => {
        const number = exactOf(value!, argTypes[0]!);
        if (!number) return specialText(value as number);
        if (typeof format === "string") return patternText(number, format);
        return (format as number) < 0 ? null : grouped(number, format as number, format as number);
      },
    { nullable: true },
  ),
  scalar({
    names: ["format_string", "printf"],
    arity: [1, Number.POSITIVE_INFINITY],
    resolve: resolveFormat,
    evaluate:
      (context: EvaluationContext) =>
      (format, ...values) =>
        format === null ? null : formatJava(format as string, values, context.argTypes.slice(1), context),
    nullPropagating: false,
  }),
];

interface Exact {
  readonly unscaled: bigint;
  readonly scale: number;
}

function exactOf(value: Value, type: DataType): Exact | undefined {
  if (type.kind === "decimal") return { unscaled: value as bigint, scale: type.scale };
  if (typeof value === "bigint") return { unscaled: value, scale: 0 };
  if (!Number.isFinite(value)) return undefined;
  return parseScaledInteger(formatDouble(value as number));
}

function specialText(value: number): string {
  if (value !== value) return "NaN";
  return value > 0 ? "∞" : "-∞";
}

/** A number with commas, with `min` to `max` digits after the point, rounded half to even. */
function grouped({ unscaled, scale }: Exact, min: number, max: number, grouping = 3, integerMin = 1): string {
  const rounded = formatDecimal(roundHalfEvenDecimal(unscaled, scale, max), max);
  const negative = rounded.startsWith("-") && /[1-9]/.test(rounded);
  const [whole = "0", fraction = ""] = rounded.replace("-", "").split(".");
  let digits = whole.replace(/^0+(?=\d)/, "").padStart(integerMin, "0");
  if (integerMin === 0 && digits === "0" && max > 0) digits = "";
  const separated =
    grouping > 0 ? digits.replace(new RegExp(`\\B(?=(\\d{${grouping}})+$)`, "g"), ",") : digits;
  let kept = fraction;
  while (kept.length > min && kept.endsWith("0")) kept = kept.slice(0, -1);
  return `${negative ? "-" : ""}${separated}${kept === "" ? "" : `.${kept}`}`;
}

/** A pattern of Java's DecimalFormat: `#`, `0`, `,` and `.` within texts that stand for themselves. */
function patternText(number: Exact, pattern: string): string {
  if (pattern === "") return grouped(number, 0, 0);
  const match = /^([^#0,.]*)([#0,]*)(?:\.([#0]*))?([^#0,.]*)$/.exec(pattern.split(";")[0]!);
  if (!match) return grouped(number, 0, 0);
  const [, prefix = "", integers = "", fractions = "", suffix = ""] = match;
  const lastComma = integers.lastIndexOf(",");
  const grouping = lastComma < 0 ? 0 : integers.length - 1 - lastComma;
  const integerMin = integers.replace(/[^0]/g, "").length;
  const min = fractions.replace(/[^0]/g, "").length;
  const body = grouped(number, min, fractions.length, grouping, integerMin);
  return body.startsWith("-") ? `-${prefix}${body.slice(1)}${suffix}` : `${prefix}${body}${suffix}`;
}

function resolveFormat(args: readonly Expression[], context: FunctionContext): Resolution {
  const format = implicitCast(args[0]!, StringType, context.ansi);
  if (!format) throw unexpectedInputType(context, 0, StringType, args[0]!);
  return { args: [format, ...args.slice(1)], type: StringType, nullable: nullableOf(format) };
}
