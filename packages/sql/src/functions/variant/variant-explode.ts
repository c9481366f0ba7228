import { IntegerType, StringType, type Value, VariantType } from "@ss/core";
import { VariantReader } from "@ss/kernels";
import type { GeneratorFunction } from "../../expression/function.js";
import { variantFailure } from "./variant-errors.js";
import { variantArgument } from "./variant-functions.js";
import type { VariantParts } from "./variant-value.js";

/** `variant_explode(v)`: a row for each field of an object or element of an array, and none for other values. */
export const variantExplode: GeneratorFunction = {
  form: "generator",
  names: ["variant_explode", "variant_explode_outer"],
  arity: [1, 1],
  parameters: ["input"],
  resolve: (args, context) => ({
    args: [variantArgument(args, context)],
    outputs: [
      { name: "pos", type: IntegerType, nullable: false },
      { name: "key", type: StringType, nullable: true },
      { name: "value", type: VariantType, nullable: false },
    ],
  }),
  generate: () => {
    const reader = new VariantReader();
    return (value) => (value === null ? [] : rowsOf(reader, value as unknown as VariantParts));
  },
};

/** The parts keep the metadata of the whole. */
function rowsOf(reader: VariantReader, [metadata, value]: VariantParts): readonly (readonly Value[])[] {
  try {
    reader.openParts(metadata, value);
    const kind = reader.kindAt(reader.root);
    if (kind !== "object" && kind !== "array") return [];
    reader.enter(reader.root);
    const places = Array.from({ length: reader.count }, (_, k) => reader.childAt(k));
    const keys = places.map((_, k) => (kind === "object" ? reader.keyText(k) : null));
    return places.map((at, k) => [k, keys[k]!, [metadata, value.slice(at, at + reader.sizeAt(at))]]);
  } catch (error) {
    throw variantFailure(error, "variant_explode");
  }
}
