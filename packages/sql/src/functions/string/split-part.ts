import { BooleanType, IntegerType, StringType } from "@ss/core";
import type { Code } from "../../expression/code.js";
import type { Origin } from "../../expression/expression.js";
import type { ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { bytesArguments } from "../emit/arena-text.js";
import { anyNull, type BytesCode, guarded, valueCode, valueOf } from "../emit/parts.js";
import { runtimeError } from "../runtime-error.js";
import { findForward } from "./emit-search.js";
import { foundSpan, setSpan } from "./span.js";

/** Parts of texts by their place, places of texts among parts, and a check of digits, all on bytes. */
export const splitPartFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["split_part"],
    arity: [3, 3],
    resolve: (args, context) => inputTypes(args, [StringType, StringType, IntegerType], context, StringType),
    emit: (writer, args, call) => {
      const codes = args.map((arg) => writer.expression(arg));
      const [text, delimiter, index] = codes as [BytesCode, BytesCode, Code];
      return guarded(writer, anyNull(...codes.map((code) => code.isNull)), call.type, () => {
        const find = writer.constant(partFinder(call.origin));
        const sides = `${bytesArguments(text)}, ${bytesArguments(delimiter)}`;
        return foundSpan(writer, call.type, text.data, `${find}(${sides}, ${valueOf(index)})`);
      });
    },
  }),
  scalar({
    names: ["find_in_set"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [StringType, StringType], context, IntegerType),
    emit: (writer, args, call) => {
      const [text, list] = args.map((arg) => writer.expression(arg)) as [BytesCode, BytesCode];
      return guarded(writer, anyNull(text.isNull, list.isNull), call.type, () => {
        const found = `${writer.constant(placeInList)}(${bytesArguments(text)}, ${bytesArguments(list)})`;
        return valueCode(call.type, "false", writer.variable(found));
      });
    },
  }),
  scalar({
    names: ["luhn_check"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [StringType], context, BooleanType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!) as BytesCode;
      return guarded(writer, code.isNull, call.type, () =>
        valueCode(
          call.type,
          "false",
          writer.variable(`${writer.constant(luhnValid)}(${bytesArguments(code)})`),
        ),
      );
    },
  }),
];

type FindPart = (
  data: Uint8Array,
  start: number,
  length: number,
  delimiter: Uint8Array,
  delimiterStart: number,
  delimiterLength: number,
  index: number,
) => void;

/** Leaves the part at an index from 1, or from the end if negative, in the span; an empty one where there is none. */
function partFinder(origin: Origin | undefined): FindPart {
  return (data, start, length, delimiter, delimiterStart, delimiterLength, index) => {
    if (index === 0) throw indexOfZero(origin);
    const end = start + length;
    if (delimiterLength === 0) {
      // nothing parts the text, so that it is its only part
      return setSpan(start, index === 1 || index === -1 ? length : 0);
    }
    const next = (from: number): number =>
      findForward(data, from, end, delimiter, delimiterStart, delimiterLength);
    let wanted = index;
    if (index < 0) {
      // delimiters that overlap are told apart from the left
      let count = 1;
      for (let at = next(start); at >= 0; at = next(at + delimiterLength)) count++;
      wanted = count + 1 + index;
      if (wanted < 1) return setSpan(start, 0);
    }
    let from = start;
    for (let k = 1; k < wanted; k++) {
      const at = next(from);
      if (at < 0) return setSpan(start, 0);
      from = at + delimiterLength;
    }
    const at = next(from);
    setSpan(from, (at < 0 ? end : at) - from);
  };
}

function indexOfZero(origin: Origin | undefined): Error {
  return runtimeError(
    "INVALID_INDEX_OF_ZERO",
    "22003",
    {},
    "The index 0 is invalid: positions start at 1, and negative ones count from the end.",
    origin,
  );
}

const COMMA = 44;

/** The place from 1 of a text among those that commas part; 0 where it is not, or holds a comma itself. */
function placeInList(
  data: Uint8Array,
  start: number,
  length: number,
  list: Uint8Array,
  listStart: number,
  listLength: number,
): number {
  for (let k = start; k < start + length; k++) if (data[k] === COMMA) return 0;
  const end = listStart + listLength;
  let place = 1;
  for (let from = listStart; ; place++) {
    let at = 0;
    while (at < length && from + at < end && list[from + at] === data[start + at]) at++;
    let next = from + at;
    if (at === length && (next === end || list[next] === COMMA)) return place;
    while (next < end && list[next] !== COMMA) next++;
    if (next === end) return 0;
    from = next + 1;
  }
}

/** Whether digits pass the Luhn check. */
function luhnValid(data: Uint8Array, start: number, length: number): boolean {
  if (length === 0) return false;
  let sum = 0;
  for (let k = 0; k < length; k++) {
    let digit = data[start + length - 1 - k]! - 48;
    if (digit < 0 || digit > 9) return false;
    if (k % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}
