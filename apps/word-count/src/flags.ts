import { parseArgs } from "node:util";

/** The questions that the app can ask of the lines. */
export const forms = ["arrays", "words", "hashtags"] as const;
/** One of the questions. */
export type Form = (typeof forms)[number];

/** What the command line asks for. */
export interface Flags {
  /** Absent: the app asks one after the other, of lines of its own. */
  readonly form: Form | undefined;
  /** Absent: the app brings its own server. */
  readonly port: number | undefined;
  readonly host: string;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `Usage: node apps/word-count/dist/main.js [arrays|words|hashtags] [flags]

  arrays       split(value, '\\\\s') as word, grouped as it is: by the array
  words        the same exploded: a row for each word
  hashtags     the most popular hashtags in windows of five minutes
               (none given: all three, one after the other)

  --port N     read lines from this port, until Ctrl-C (default: a small server of the app's own)
  --host NAME  of this host (default localhost)
`;

/** Reads the command line; throws a plain error that says what is wrong with it. */
export function parseFlags(args: readonly string[]): Flags {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      host: { type: "string", default: "localhost" },
      port: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const form = forms.find((one) => one === positionals[0]);
  if (positionals.length > 1 || (positionals.length === 1 && !form)) {
    throw new Error(`'${positionals.join(" ")}' is none of ${forms.join(", ")}.`);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port '${values.port}' is no port.`);
  }
  return { form, port, host: values.host, help: values.help };
}
