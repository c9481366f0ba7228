import {
  type DataType,
  DateType,
  LongType,
  StringType,
  TimestampNTZType,
  TimestampType,
  TimeType,
} from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { nonFoldableInput } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { boxed, scalar } from "../define.js";
import { safeIntegerCode } from "../emit/int64.js";
import { valueCode } from "../emit/parts.js";
import { sessionZone } from "./zones.js";

/** Functions of the batch's time: the same for all of its rows, and on replay. */
export const currentFunctions: readonly ScalarFunction[] = [
  current(["current_timestamp", "now"], TimestampType, (writer, call) =>
    safeIntegerCode(writer, call.type, "false", `${writer.runtime}.nowMs() * 1000`),
  ),
  current(["current_date", "curdate"], DateType, (writer, call) => {
    const zone = writer.constant(sessionZone({ timeZone: call.state as string }));
    const second = writer.variable(`Math.floor(${writer.runtime}.nowMs() / 1000)`);
    return valueCode(
      call.type,
      "false",
      writer.variable(`Math.floor((${second} + ${zone}.offsetAt(${second})) / 86400)`),
    );
  }),
  current(["localtimestamp"], TimestampNTZType, (writer, call) =>
    safeIntegerCode(writer, call.type, "false", localMicros(writer, call)),
  ),
  scalar({
    names: ["current_time", "localtime"],
    arity: [0, 1],
    deterministic: true,
    asksTime: true,
    resolve: resolveTime,
    emit: (writer, _, call) => {
      const { timeZone, precision } = call.state as { timeZone: string; precision: number };
      const micros = writer.variable(localMicros(writer, { ...call, state: timeZone }));
      const unit = 10 ** (6 - precision);
      const ofDay = writer.variable(`(${micros} % 86400000000 + 86400000000) % 86400000000`);
      return safeIntegerCode(writer, call.type, "false", `(${ofDay} - ${ofDay} % ${unit}) * 1000`);
    },
  }),
  boxed(
    ["current_timezone"],
    [],
    StringType,
    ({ timeZone }) =>
      () =>
        timeZone,
    { arity: [0, 0], nullable: false },
  ),
  boxed(
    ["$now_seconds"],
    [],
    LongType,
    ({ nowMs }) =>
      () =>
        BigInt(Math.floor(nowMs() / 1000)),
    {
      arity: [0, 0],
      nullable: false,
      asksTime: true,
    },
  ),
];

function localMicros(writer: CodeWriter, call: EmitCall): string {
  const zone = writer.constant(sessionZone({ timeZone: call.state as string }));
  const now = `${writer.runtime}.nowMs()`;
  return `(${now} + ${zone}.offsetAt(Math.floor(${now} / 1000)) * 1000) * 1000`;
}

function current(
  names: readonly string[],
  type: DataType,
  emit: (writer: CodeWriter, call: EmitCall) => Code,
): ScalarFunction {
  return scalar({
    names,
    arity: [0, 0],
    asksTime: true,
    resolve: (args, context) => ({ args, type, nullable: false, state: context.timeZone }),
    emit: (writer, _, call) => emit(writer, call),
  });
}

function resolveTime(args: readonly Expression[], context: FunctionContext): Resolution {
  const precision = args[0];
  if (precision && precision.kind !== "literal")
    throw nonFoldableInput(context, "precision", '"INT"', precision);
  const digits = precision?.kind === "literal" ? Number(precision.value) : 6;
  return {
    args: [],
    type: TimeType(digits),
    nullable: false,
    state: { timeZone: context.timeZone, precision: digits },
  };
}
