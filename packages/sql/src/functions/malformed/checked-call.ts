import { type DataType, type StreamError, StringType, StructField, StructType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { ScalarCall } from "../../expression/expression.js";
import type { RecordFault } from "../text-record/malformed-record.js";

/** Where the value and the reason stand in the result of a checked call. */
export const CHECKED_VALUE = 0;
export const CHECKED_REASON = 1;

/** What a checked call gives: its value, and the reason where its record is malformed. */
export function checkedType(type: DataType): StructType {
  return new StructType([StructField("value", type, true), StructField("reason", StringType, true)]);
}

/** The type of the value of a checked call. */
export function valueType(type: DataType): DataType {
  return (type as StructType).fields[CHECKED_VALUE]!.type;
}

/** The call, checked. */
export function checkedCall(call: ScalarCall): ScalarCall {
  return { ...call, type: checkedType(call.type), nullable: false, checked: true };
}

/** What is told of a record that cannot be read: why it cannot. The record itself stands beside it. */
export function malformedReason({ condition, text }: RecordFault): string {
  return `[${condition}] The record ${beginning(text)}.`;
}

/** What is told of the record of an error that a plug-in made. */
export function reasonOfError({ condition, text }: StreamError): string {
  return `[${condition}] ${beginning(text)}`;
}

const encoder = new TextEncoder();
const begun = new Uint8Array(1024);

/** The text, or as much of its beginning as fits, which is told. */
function beginning(text: string): string {
  const { read } = encoder.encodeInto(text, begun);
  return read === text.length ? text : `${text.slice(0, read)}... (cut, ${text.length} characters)`;
}

/** The result of a checked call in the loop; `fault` is the text of a call that makes the {@link RecordFault} of rows where `isBad` holds. */
export function checkedCode(writer: CodeWriter, value: Code, isBad: string, fault: string): Code {
  const reason = writer.declare(StringType);
  const textOf = writer.constant(malformedReason);
  writer.when(
    isBad,
    () => writer.assign(reason, writer.unbox(`${textOf}(${fault})`, StringType)),
    () => writer.assignNull(reason),
  );
  return { type: checkedType(value.type), isNull: "false", layout: "struct", fields: [value, reason] };
}
