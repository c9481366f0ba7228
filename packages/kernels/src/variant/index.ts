export { copyVariant } from "./copy-variant.js";
export { STRICT_JSON, VariantJsonParser } from "./parse-variant-json.js";
export { VariantBuilder } from "./variant-builder.js";
export { VariantError, type VariantFault } from "./variant-error.js";
export { VARIANT_BYTES_MAX } from "./variant-format.js";
export { followVariantPath, parseVariantPath, type VariantPath } from "./variant-path.js";
export { type VariantKind, VariantReader } from "./variant-reader.js";
export { type VariantJsonStyle, writeVariantJson } from "./write-variant-json.js";
