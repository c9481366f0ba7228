import { type DataType, type StructType, simpleString } from "@ss/core";
import { wrongColumns } from "../errors.js";

/** Which columns of the rows make up a record, by their places; -1 where there is none. */
export interface RecordLayout {
  readonly key: number;
  readonly value: number;
  /** -1 where the option says the topic. */
  readonly topic: number;
  readonly partition: number;
  readonly headers: number;
}

const TEXT = "a(n) string";
const TEXT_OR_BYTES = "a(n) string or binary";
const HEADERS = "a(n) array<struct<key:string,value:binary>>";

/** Looks for the columns of records and checks their types, with Spark's messages. Other columns are left out of records. */
export function recordLayout(schema: StructType, hasTopic: boolean): RecordLayout {
  const place = (name: string): number => schema.fields.findIndex((field) => field.name === name);
  const check = (name: string, fits: (type: DataType) => boolean, expected: string): number => {
    const at = place(name);
    const type = schema.fields[at]?.type;
    if (type !== undefined && !fits(type))
      throw wrongColumns(
        `${name} attribute unsupported type ${simpleString(type)}. ${name} must be ${expected}.`,
      );
    return at;
  };
  const topic = hasTopic ? -1 : check("topic", isText, TEXT);
  if (!hasTopic && topic < 0)
    throw wrongColumns(
      "topic option required when no 'topic' attribute is present. Use the topic option for setting a topic.",
    );
  const key = check("key", isTextOrBytes, TEXT_OR_BYTES);
  const value = check("value", isTextOrBytes, TEXT_OR_BYTES);
  if (value < 0) throw wrongColumns("Required attribute 'value' not found.");
  const headers = check("headers", isHeaders, HEADERS);
  const partition = check("partition", ({ kind }) => kind === "integer", "a(n) int");
  return { key, value, topic, partition, headers };
}

function isText({ kind }: DataType): boolean {
  return kind === "string" || kind === "char" || kind === "varchar";
}

function isTextOrBytes(type: DataType): boolean {
  return type.kind === "binary" || isText(type);
}

function isHeaders(type: DataType): boolean {
  if (type.kind !== "array" || type.elementType.kind !== "struct") return false;
  const { fields } = type.elementType;
  const [key, value] = fields;
  if (fields.length !== 2 || key!.name !== "key" || value!.name !== "value") return false;
  return isText(key!.type) && value!.type.kind === "binary";
}
