import { parseArgs } from "node:util";

/** What `--help` prints. */
export const usage = `Usage: node apps/memory/dist/main.js

  --help  print this; there are no other flags
`;

/** Reads the command line; throws a plain error that says what is wrong with it. */
export function parseFlags(args: readonly string[]): { readonly help: boolean } {
  const { values } = parseArgs({ args: [...args], options: { help: { type: "boolean", default: false } } });
  return values;
}
