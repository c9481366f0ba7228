import { assert, type DataType, StructField, StructType, TimestampNTZType, TimestampType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { castInputs, scalar } from "../define.js";
import { pairCode, wordsOf } from "../emit/int64.js";
import { valueOf } from "../emit/parts.js";

/** The internal function of tumbling windows: `(time, duration, start)`, the last two constants in microseconds. */
export const TUMBLING_WINDOW = "$tumbling_window";
/** The internal function of sliding windows: `(time, duration, slide, start, k)`, the k-th latest window that may hold the time. */
export const SLIDING_WINDOW = "$sliding_window";

/** Windows of event time. Rows without a time were filtered before, so a window is never null. */
export const timeWindowFunctions: readonly ScalarFunction[] = [
  scalar({
    names: [TUMBLING_WINDOW],
    arity: [3, 3],
    resolve: resolveWindow,
    emit: emitTumbling,
  }),
  scalar({
    names: [SLIDING_WINDOW],
    arity: [5, 5],
    resolve: resolveWindow,
    evaluate: ({ state }) => {
      const [duration, slide, start, k] = state as [bigint, bigint, bigint, bigint];
      return (time) => {
        const from = windowStart(time as bigint, slide, start) - k * slide;
        return [from, from + duration];
      };
    },
  }),
];

function resolveWindow(args: readonly Expression[], context: FunctionContext): Resolution {
  const [time] = castInputs([args[0]!], [[TimestampType, TimestampNTZType]], context) as [Expression];
  const state = args.slice(1).map((arg) => {
    assert(arg.kind === "literal" && arg.value !== null, "a window's length and start are constants");
    return BigInt(arg.value as number | bigint);
  });
  return { args: [time, ...args.slice(1)], type: windowType(typeOf(time)), nullable: false, state };
}

/** The struct of a window of event time. */
export function windowType(timeType: DataType): StructType {
  return new StructType([StructField("start", timeType, true), StructField("end", timeType, true)]);
}

/** The start of the window that a time falls into. */
export function windowStart(time: bigint, duration: bigint, start: bigint): bigint {
  const rest = (time - start) % duration;
  return time - (rest < 0n ? rest + duration : rest);
}

/**
 * Times within 2^53 microseconds, which is all that occur, are floored as doubles from their halves; the division's error is
 * put right by one step either way, so that the result is exact. The last window is kept: rows that follow each other most often lie in it.
 */
function emitTumbling(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const time = writer.expression(args[0]!);
  const [duration, start] = call.state as [bigint, bigint];
  const [startType, endType] = (call.type as StructType).fields.map((field) => field.type) as [
    DataType,
    DataType,
  ];
  const [startLow, startHigh, endLow, endHigh] = carriedZeros(writer);
  // the window at hand, as doubles; at first, and behind a time that these cannot hold, none
  const from = writer.carried("1");
  const to = writer.carried("0");
  const slow = (): void => {
    const fn = writer.constant((value: bigint) => windowStart(value, duration, start));
    const exact = writer.variable(`${fn}(${valueOf(time)})`);
    writer.write(splitText(startLow, startHigh, exact));
    writer.write(splitText(endLow, endHigh, `(${exact} + ${duration}n)`));
    writer.write(`${from} = 1; ${to} = 0;`);
  };
  const compute = (): void => {
    const words = wordsOf(time);
    const safe = Number.isSafeInteger(Number(duration)) && Number.isSafeInteger(Number(start));
    if (!words || !safe || duration > 1n << 50n) return slow();
    // 2^20 in the high half leaves room for the start and one window
    writer.when(
      `${words.high} < 1048576 && ${words.high} >= -1048576`,
      () => {
        const offset = start === 0n ? "" : ` - (${start})`;
        const value = writer.variable(`${words.high} * 4294967296 + (${words.low} >>> 0)`);
        writer.when(`!(${value} >= ${from} && ${value} < ${to})`, () => {
          writer.write(
            `${from} = Math.floor((${value}${offset}) / ${duration}) * ${duration}${back(start)};`,
          );
          // the quotient was rounded, and may have reached the next integer
          writer.write(`if (${from} > ${value}) ${from} -= ${duration};`);
          writer.write(`${to} = ${from} + ${duration};`);
          writer.write(`${startLow} = ${from} | 0; ${startHigh} = Math.floor(${from} / 4294967296);`);
          writer.write(`${endLow} = ${to} | 0; ${endHigh} = Math.floor(${to} / 4294967296);`);
        });
      },
      slow,
    );
  };
  if (time.isNull === "false") compute();
  else writer.when(`!${time.isNull}`, compute);
  return {
    type: call.type,
    isNull: time.isNull,
    layout: "struct",
    fields: [
      pairCode(writer, startType, "false", { low: startLow, high: startHigh }),
      pairCode(writer, endType, "false", { low: endLow, high: endHigh }),
    ],
  };
}

function carriedZeros(writer: CodeWriter): [string, string, string, string] {
  return [writer.carried("0"), writer.carried("0"), writer.carried("0"), writer.carried("0")];
}

function back(start: bigint): string {
  return start === 0n ? "" : ` + (${start})`;
}

function splitText(low: string, high: string, value: string): string {
  return `${low} = Number(BigInt.asIntN(32, ${value})); ${high} = Number(BigInt.asIntN(32, ${value} >> 32n));`;
}
