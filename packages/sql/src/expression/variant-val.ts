import {
  ByteArena,
  RECORD_OK,
  timeZone,
  UTC,
  VariantBuilder,
  VariantError,
  VariantJsonParser,
  VariantReader,
  writeVariantJson,
} from "@ss/kernels";

const builder = new VariantBuilder();
const parser = new VariantJsonParser({ allowSingleQuotes: false, allowNonNumericNumbers: false });
const reader = new VariantReader();
const json = new ByteArena(1024);

/**
 * A VARIANT as a program sees it: what `collect` gives, and what `createDataFrame` and user functions take.
 *
 * @example
 * const variant = VariantVal.parseJson('{"a": [1, 2.50]}');
 * String(variant); // {"a":[1,2.5]}
 */
export class VariantVal {
  /** The bytes of the value and of the dictionary of its keys, as the Parquet Variant format has them. */
  readonly value: Uint8Array;
  readonly metadata: Uint8Array;

  constructor(value: Uint8Array, metadata: Uint8Array) {
    this.value = value;
    this.metadata = metadata;
  }

  /** A JSON text as a variant; SyntaxError where it is none, or an object has a key twice. */
  static parseJson(text: string): VariantVal {
    if (!parses(text)) throw new SyntaxError(`This is no JSON that makes a variant: ${text}`);
    const { value, metadata } = builder;
    return new VariantVal(value.bytes.slice(0, value.length), metadata.bytes.slice(0, metadata.length));
  }

  /** The variant as JSON text, with timestamps in a zone. */
  toJson(zoneId = "UTC"): string {
    reader.openParts(this.metadata, this.value);
    json.clear();
    writeVariantJson(reader, reader.root, { zone: timeZone(zoneId) ?? UTC }, json);
    return Buffer.from(json.bytes.buffer, json.bytes.byteOffset, json.length).toString();
  }

  /** What `JSON.parse` makes of the variant: numbers beyond those of JavaScript lose digits. */
  toJSON(): unknown {
    return JSON.parse(this.toJson());
  }

  toString(): string {
    return this.toJson();
  }
}

/** Whether a text is JSON that makes a variant, which the builder then holds. */
function parses(text: string): boolean {
  const bytes = Buffer.from(text);
  try {
    return parser.parse(bytes, 0, bytes.length, builder) === RECORD_OK;
  } catch (error) {
    if (error instanceof VariantError) return false;
    throw error;
  }
}
