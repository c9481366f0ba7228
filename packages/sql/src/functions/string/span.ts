import type { DataType } from "@ss/core";
import type { CodeWriter } from "../../expression/code.js";
import { type BytesCode, bytesCode } from "../emit/parts.js";

/** Where the part of a text lies that was found last: its start and its length in bytes. */
export const span: Int32Array = new Int32Array(2);

/** Sets where the part lies. */
export function setSpan(start: number, length: number): void {
  span[0] = start;
  span[1] = length;
}

/** The part of a text that the statement `find` leaves in `span`, as a view. */
export function foundSpan(writer: CodeWriter, type: DataType, data: string, find: string): BytesCode {
  writer.write(`${find};`);
  const at = writer.constant(span);
  return bytesCode(
    type,
    "false",
    data,
    writer.variable(`${at}[0]`),
    writer.variable(`${at}[1]`),
  ) as BytesCode;
}
