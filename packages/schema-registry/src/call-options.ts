import type { ColumnFunctionCall, Options } from "@ss/core";

/** The version of a subject that the option `schema.registry.version` of a call names. */
export function versionOf(options: Options): number | "latest" {
  if (options.text("schema.registry.version", "latest").toLowerCase() === "latest") return "latest";
  return options.integer("schema.registry.version", 1, 1);
}

/** Whether `mode` has a function that decodes records go on after malformed ones. FAILFAST unless told otherwise; a mode that is none is taken for PERMISSIVE, as Spark does. */
export function isPermissive(options: Options, call: ColumnFunctionCall, name: string): boolean {
  const mode = options.text("mode", "FAILFAST").toUpperCase();
  if (mode === "DROPMALFORMED") {
    throw call.error(
      "PARSE_MODE_UNSUPPORTED",
      "42601",
      `The function \`${name}\` doesn't support the DROPMALFORMED mode. Acceptable modes are PERMISSIVE and FAILFAST.`,
      { funcName: `\`${name}\``, mode },
    );
  }
  if (mode !== "FAILFAST" && mode !== "PERMISSIVE") {
    call.session.warn?.(`${mode} is no parse mode: ${name} uses PERMISSIVE.`);
  }
  return mode !== "FAILFAST";
}
