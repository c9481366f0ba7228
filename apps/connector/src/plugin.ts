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
        stream: async ({ paths }) => new TailSource(paths[0] ?? missingPath("tail")),
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

/** The source as a value, for `readStream.from(tail({ path }))`. */
export const tail = (options: { readonly path: string }): SourceSpec => ({ format: "tail", options });

function missingPath(format: string): never {
  throw new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: "path", format },
    message: `The format '${format}' needs a path: give one to load(...) or start(...).`,
  });
}
