import { type Plugin, type SourceSpec, StreamError } from "@ss/core";
import { JsonLinesSink } from "./json-lines-sink.js";
import { TailSource } from "./tail-source.js";

/** Brings the source format `tail` and the sink format `jsonl`. */
export function tailAndLines(): Plugin {
  return {
    name: "tail-and-lines",
    sources: [
      {
        names: ["tail"],
        fixedSchema: true,
        stream: async ({ paths, options }) =>
          new TailSource(paths[0] ?? missingPath("tail"), options.optionalInteger("maxBytesPerTrigger", 1)),
      },
    ],
    sinks: [
      {
        names: ["jsonl"],
        outputModes: ["append"],
        stream: async ({ path }) => new JsonLinesSink(path ?? missingPath("jsonl")),
      },
    ],
  };
}

/** The options of {@link tail}. */
export interface TailOptions {
  readonly path: string;
  /** How much of the file a batch takes; a line that is longer comes whole. Default: all that is there. */
  readonly maxBytesPerTrigger?: number;
}

/** The source as a value, for `readStream.from(tail({ path }))`. */
export const tail = (options: TailOptions): SourceSpec => ({ format: "tail", options: { ...options } });

function missingPath(format: string): never {
  throw new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: "path", format },
    message: `The format '${format}' needs a path: give one to load(...) or start(...).`,
  });
}
