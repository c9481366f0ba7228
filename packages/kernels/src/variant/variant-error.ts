/** What can be wrong with a variant, by the name of Spark's error condition. */
export type VariantFault =
  | "MALFORMED_VARIANT"
  | "UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT"
  | "VARIANT_DUPLICATE_KEY"
  | "VARIANT_SIZE_LIMIT"
  | "VARIANT_CONSTRUCTOR_SIZE_LIMIT";

/** Thrown where bytes are no variant, or no variant can be made. */
export class VariantError extends Error {
  readonly fault: VariantFault;
  /** The duplicate key, or the number of the unknown type; else empty. */
  readonly detail: string;

  constructor(fault: VariantFault, detail = "") {
    super(detail === "" ? fault : `${fault}: ${detail}`);
    this.name = "VariantError";
    this.fault = fault;
    this.detail = detail;
  }
}

/** The error of bytes that are no variant. */
export function malformedVariant(): VariantError {
  return new VariantError("MALFORMED_VARIANT");
}
