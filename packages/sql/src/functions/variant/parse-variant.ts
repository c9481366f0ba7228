import type { Value } from "@ss/core";
import { type JsonOptions, RECORD_OK, VariantBuilder, VariantError, VariantJsonParser } from "@ss/kernels";
import { builtVariant } from "./variant-value.js";

const encoder = new TextEncoder();

/** A function that makes a boxed variant of the first JSON value of a text; null where there is none, or a key comes twice. */
export function variantParser(grammar: JsonOptions): (text: string) => Value {
  const builder = new VariantBuilder();
  const parser = new VariantJsonParser(grammar);
  return (text) => {
    const bytes = encoder.encode(text);
    try {
      return parser.parse(bytes, 0, bytes.length, builder) === RECORD_OK ? builtVariant(builder) : null;
    } catch (error) {
      if (error instanceof VariantError) return null;
      throw error;
    }
  };
}
