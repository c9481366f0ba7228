import { type DataType, type StreamError, sqlText } from "@ss/core";
import { VARIANT_BYTES_MAX, VariantError } from "@ss/kernels";
import { analysisError } from "../../expression/errors.js";
import type { Origin } from "../../expression/expression.js";
import { runtimeError } from "../runtime-error.js";

/** A variant that is no value of the type it is cast to. */
export function invalidVariantCast(value: string, type: DataType): StreamError {
  const dataType = `"${sqlText(type)}"`;
  return runtimeError(
    "INVALID_VARIANT_CAST",
    "22023",
    { value, dataType },
    `The variant ${value} cannot be cast to ${dataType}. Use \`try_variant_get\` or \`try_cast\` to get NULL instead.`,
  );
}

/** A text that is no path into a variant. */
export function invalidVariantPath(path: string, functionName: string): StreamError {
  return runtimeError(
    "INVALID_VARIANT_GET_PATH",
    "22023",
    { path, functionName: `\`${functionName}\`` },
    `${path} is no path of \`${functionName}\`: a path is $, followed by parts such as .name, ['name'], ["name"] and [0].`,
  );
}

/** A variant that would be larger than variants may be. */
function variantSizeLimit(functionName: string): StreamError {
  const sizeLimit = `${(VARIANT_BYTES_MAX / 1048576).toFixed(1)} MiB`;
  return runtimeError(
    "VARIANT_SIZE_LIMIT",
    "22023",
    { sizeLimit, functionName: `\`${functionName}\`` },
    `The variant that \`${functionName}\` makes is larger than ${sizeLimit}.`,
  );
}

/** What the kernels found wrong with a variant, as an error of a query; other errors as they are. */
export function variantFailure(error: unknown, functionName: string): unknown {
  if (!(error instanceof VariantError)) return error;
  switch (error.fault) {
    case "VARIANT_DUPLICATE_KEY":
      return runtimeError(
        error.fault,
        "22023",
        { key: error.detail },
        `An object of a variant cannot have the key \`${error.detail}\` twice.`,
      );
    case "VARIANT_SIZE_LIMIT":
      return variantSizeLimit(functionName);
    case "UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT":
      return runtimeError(
        error.fault,
        "22023",
        { id: error.detail },
        `A variant has a value of the type ${error.detail}, which is not known.`,
      );
    case "VARIANT_CONSTRUCTOR_SIZE_LIMIT":
      return runtimeError(error.fault, "22023", {}, "A variant is larger than variants may be.");
    case "MALFORMED_VARIANT":
      return runtimeError(error.fault, "22023", {}, "The bytes of a variant are malformed.");
  }
}

/** `value:path` of a value that is no variant. */
export function notVariantColumn(origin: Origin | undefined): StreamError {
  return analysisError(
    "COLUMN_IS_NOT_VARIANT_TYPE",
    "42K09",
    "Only of a VARIANT can parts be taken out with a colon.",
    {},
    origin,
  );
}
