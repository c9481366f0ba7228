import { type ArrayType, type DataType, layoutOf, type MapType, type StructType } from "@ss/core";
import {
  decodeUtf8,
  describeRecordStatus,
  type FieldColumn,
  FieldTable,
  JsonNested,
  JsonTokenizer,
  KIND_ARRAY,
  KIND_OBJECT,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  RECORD_OK,
  SpanCopies,
  SpanList,
} from "@ss/kernels";
import { type CauseOf, notOfType, ofField, shownText } from "../text-record/record-cause.js";
import type { JsonText } from "./json-text.js";
import { jsonValues } from "./json-values.js";

/** What is wrong with a value, or with one within it. */
interface Fault {
  /** Leads from the value to the one that is meant: `.items[2]`. */
  readonly path: string;
  readonly text: string;
}

/** Where a value stands, and its `KIND_`. */
interface Span {
  readonly start: number;
  readonly length: number;
  readonly kind: number;
}

/** Looks for what is wrong with a value. */
type Check = (bytes: Uint8Array, span: Span) => Fault | undefined;

const encoder = new TextEncoder();

/**
 * Finds out why a text is no value of a type: it is read once more, value by value, up to the first that cannot be read. What this needs is
 * made when the first cause is asked for, since most queries ask for none.
 */
export function jsonCause(type: DataType, json: JsonText): CauseOf {
  let check: Check | undefined;
  const nested = new JsonNested(json.grammar, false);
  const values = new SpanList(1);
  return (data, start, length) => {
    check ??= checkOf(type, json);
    values.clear();
    const status = nested.appendValue(data, start, start + length, values);
    if (status !== RECORD_OK) return brokenAt(status, nested.errorOffset - start);
    const fault = check(data, spanOf(values, 0));
    if (fault === undefined) return undefined;
    return fault.path === "" ? fault.text : ofField(fault.path.replace(/^\./, ""), fault.text);
  };
}

function brokenAt(status: number, offset: number): string {
  return `${describeRecordStatus(status)} at byte ${offset}`;
}

function spanOf({ starts, lengths, kinds }: FieldColumn, row: number): Span {
  return { start: starts[row]!, length: lengths[row]!, kind: kinds[row]! };
}

function checkOf(type: DataType, json: JsonText): Check {
  switch (type.kind) {
    case "struct":
      return structCheck(type, json);
    case "array":
      return arrayCheck(type, json);
    case "map":
      return mapCheck(type, json);
    case "void":
      return () => undefined;
    default:
      // everything has a text
      return layoutOf(type) === "bytes" && type.kind !== "binary" ? () => undefined : plainCheck(type, json);
  }
}

function isNull({ length }: Span): boolean {
  return length < 0;
}

/** Of the value itself. */
function ownFault(bytes: Uint8Array, { start, length, kind }: Span, type: DataType): Fault {
  const text = shownText(bytes, start, length);
  const isText = kind === KIND_STRING || kind === KIND_STRING_ESCAPED;
  return { path: "", text: notOfType(isText ? `"${text}"` : text, type) };
}

function structCheck(type: StructType, json: JsonText): Check {
  // of fields of one name the last one has the values
  const fields = new Map(type.fields.map((field) => [field.name, checkOf(field.type, json)]));
  const tokenizer = new JsonTokenizer(
    [...fields.keys()].map((name) => encoder.encode(name)),
    json.grammar,
  );
  const table = new FieldTable(fields.size, 1);
  return (bytes, span) => {
    if (isNull(span)) return undefined;
    if (span.kind !== KIND_OBJECT) return ownFault(bytes, span, type);
    const { start, length } = span;
    const status = tokenizer.tokenizeObject(bytes, start, start + length, table, 0);
    if (status !== RECORD_OK) return { path: "", text: brokenAt(status, table.errorOffsets[0]! - start) };
    let column = 0;
    for (const [name, check] of fields) {
      const fault = check(bytes, spanOf(table.columns[column++]!, 0));
      if (fault !== undefined) return { ...fault, path: `.${name}${fault.path}` };
    }
    return undefined;
  };
}

function arrayCheck(type: ArrayType, json: JsonText): Check {
  const nested = new JsonNested(json.grammar, false);
  const check = checkOf(type.elementType, json);
  const elements = new SpanList();
  return (bytes, span) => {
    if (isNull(span)) return undefined;
    // an object stands for an array of one
    if (span.kind === KIND_OBJECT && type.elementType.kind === "struct") return check(bytes, span);
    if (span.kind !== KIND_ARRAY) return ownFault(bytes, span, type);
    elements.clear();
    nested.appendElements(bytes, span.start, span.length, elements);
    for (let k = 0; k < elements.count; k++) {
      const fault = check(bytes, spanOf(elements, k));
      if (fault !== undefined) return { ...fault, path: `[${k}]${fault.path}` };
    }
    return undefined;
  };
}

function mapCheck(type: MapType, json: JsonText): Check {
  const nested = new JsonNested(json.grammar, false);
  const check = checkOf(type.valueType, json);
  const keys = new SpanList();
  const values = new SpanList();
  return (bytes, span) => {
    if (isNull(span)) return undefined;
    if (span.kind !== KIND_OBJECT) return ownFault(bytes, span, type);
    keys.clear();
    values.clear();
    nested.appendEntries(bytes, span.start, span.length, keys, values);
    for (let k = 0; k < values.count; k++) {
      const fault = check(bytes, spanOf(values, k));
      if (fault === undefined) continue;
      const key = decodeUtf8(bytes, keys.starts[k]!, keys.lengths[k]!);
      return { ...fault, path: `["${key}"]${fault.path}` };
    }
    return undefined;
  };
}

/** A value that holds no others, or a variant. */
function plainCheck(type: DataType, json: JsonText): Check {
  // only texts that are written anew need room
  const copies = (): SpanCopies => new SpanCopies(null);
  const values = jsonValues(type, { ...json, isBatch: false, copies });
  const bad = new Uint8Array(1);
  values.start(1);
  return (bytes, span) => {
    if (isNull(span)) return undefined;
    const { start, length, kind } = span;
    bad[0] = 0;
    values.clear();
    // binary values are decoded where they stand
    const own = type.kind === "binary" ? bytes.slice(start, start + length) : bytes;
    const column: FieldColumn = {
      starts: Int32Array.of(own === bytes ? start : 0),
      lengths: Int32Array.of(length),
      kinds: Uint8Array.of(kind),
    };
    values.read(own, column, 0, 1, bad);
    return bad[0] === 0 ? undefined : ownFault(bytes, span, type);
  };
}
