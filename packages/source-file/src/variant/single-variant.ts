import {
  type FormatContext,
  type Options,
  StreamError,
  StructField,
  StructType,
  sqlText,
  VariantType,
} from "@ss/core";
import { invalidCorruptColumn } from "../errors.js";
import { corruptColumnName } from "../reading/text-options.js";

/** The option `singleVariantColumn`: the name of the column that takes whole records. */
export function singleVariantColumn(options: Options): string | undefined {
  return options.get("singleVariantColumn");
}

/** The schema of files whose records are variants as a whole, where the option says that they are. */
export function singleVariantSchema(options: Options): StructType | undefined {
  const name = singleVariantColumn(options);
  return name === undefined ? undefined : new StructType([StructField(name, VariantType)]);
}

/** Refuses a schema that has anything but the column of the option and that of corrupt records. */
export function checkSingleVariant(
  schema: StructType,
  name: string,
  options: Options,
  context: FormatContext,
): void {
  const corrupt = corruptColumnName(options, context);
  if (name === corrupt) throw invalidCorruptColumn(name, VariantType);
  const others = schema.fields.filter((field) => field.name !== corrupt || field.type.kind !== "string");
  const [only] = others;
  if (others.length === 1 && only!.name === name && only!.type.kind === "variant" && only!.nullable) return;
  const shown = `"${sqlText(schema)}"`;
  throw new StreamError({
    condition: "INVALID_SINGLE_VARIANT_COLUMN",
    sqlState: "42613",
    parameters: { schema: shown },
    message: `The schema ${shown} does not go with the option singleVariantColumn: it has to be \`${name}\` VARIANT alone, or that and a nullable STRING column \`${corrupt}\` for corrupt records.`,
  });
}
