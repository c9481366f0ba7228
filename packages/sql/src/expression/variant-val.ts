import { timeZone, UTC } from "@ss/kernels";
import { variantParser } from "../functions/variant/parse-variant.js";
import { variantJson } from "../functions/variant/variant-value.js";

const parse = variantParser({ allowSingleQuotes: false, allowNonNumericNumbers: false });

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
    const parts = parse(text) as unknown as readonly [Uint8Array, Uint8Array] | null;
    if (parts === null) throw new SyntaxError(`This is no JSON that makes a variant: ${text}`);
    return new VariantVal(parts[1], parts[0]);
  }

  /** The variant as JSON text, with timestamps in a zone. */
  toJson(zoneId = "UTC"): string {
    return variantJson([this.metadata, this.value], timeZone(zoneId) ?? UTC);
  }

  /** What `JSON.parse` makes of the variant: numbers beyond those of JavaScript lose digits. */
  toJSON(): unknown {
    return JSON.parse(this.toJson());
  }

  toString(): string {
    return this.toJson();
  }
}
