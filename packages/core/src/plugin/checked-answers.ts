import type { BatchWrite, PartitionWriter, Sink } from "../sink/sink.js";
import type { Offset, Partition, Source } from "../source/source.js";
import type { Table } from "../source/table.js";
import { brokenContract, inWords, isIterable, missingMethod } from "./broken-contract.js";

const JSON_DATA =
  "An offset is plain JSON data (null, booleans, finite numbers, strings, arrays and objects of these), as it stands in the offset log: give a bigint as its digits in a string, and a time as a number.";

/** What a source gave as an offset, if the offset log can hold it; null only where the call may answer so. */
export function checkedOffset(
  source: Source,
  method: "initialOffset" | "latestOffset",
  answer: Offset | null,
): Offset | null {
  const foreign = foreignPart(answer, "");
  if (foreign === null) return answer;
  const contract =
    answer === undefined && method === "latestOffset"
      ? "It is to answer with the position up to which the next batch reads: the start that it was given, or null, when nothing is new."
      : JSON_DATA;
  throw brokenContract(
    { role: "source", name: source.description },
    { member: `${method}(...)`, found: `gave ${foreign}`, contract },
  );
}

/** The first part of a value that JSON does not hold, in words; null if there is none. */
function foreignPart(value: unknown, path: string): string | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number" && Number.isFinite(value)) return null;
  if (typeof value === "object" && isPlain(value)) {
    const isArray = Array.isArray(value);
    for (const [key, part] of Object.entries(value)) {
      // JSON leaves such a field out, which reads as the same
      if (part === undefined && !isArray) continue;
      const inner = isArray ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      const foreign = foreignPart(part, inner);
      if (foreign !== null) return foreign;
    }
    return null;
  }
  return path === "" ? inWords(value) : `an offset whose part ${path} is ${inWords(value)}`;
}

/** Whether JSON prints all that an object holds, and nothing else. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  return !("toJSON" in value) && !(Symbol.iterator in value) && !("then" in value);
}

/** What a source or table gave as the parts of its range, if it is a list. */
export function checkedPartitions(
  role: "source" | "table",
  { description }: Pick<Source | Table, "description">,
  answer: readonly Partition[],
): readonly Partition[] {
  if (Array.isArray(answer)) return answer;
  throw brokenContract(
    { role, name: description },
    {
      member: "plan(...)",
      found: `gave ${inWords(answer)}`,
      contract:
        "It is to answer with an array of partitions, each plain data; an empty one where there is nothing to read.",
    },
  );
}

/** What `read` gave, if it can be iterated over. */
export function checkedReading<T>(
  role: "source" | "table",
  { description }: Pick<Source | Table, "description">,
  answer: AsyncIterable<T>,
): AsyncIterable<T> {
  if (isIterable(answer)) return answer;
  throw brokenContract(
    { role, name: description },
    {
      member: "read(...)",
      found: `gave ${inWords(answer)}`,
      contract: "It is to give an async iterable of Batches: write it as `async *read(...)` and yield them.",
    },
  );
}

/** What a sink's `begin` gave, if a batch can be written and committed with it. */
export function checkedWrite(sink: Sink, answer: BatchWrite): BatchWrite {
  const missing = missingMethod(answer, ["writer", "commit", "abort"]);
  if (missing === null) return answer;
  throw brokenContract(
    { role: "sink", name: sink.description },
    {
      member: "begin(...)",
      found: `gave ${missing}`,
      contract:
        "It is to answer with a BatchWrite: { alreadyCommitted, writer(...), commit(...), abort(...) }.",
    },
  );
}

/** What the `writer` of a batch gave, if rows can be written with it. */
export function checkedWriter(sink: Sink, answer: PartitionWriter): PartitionWriter {
  const missing = missingMethod(answer, ["write", "finish", "abort"]);
  if (missing === null) return answer;
  throw brokenContract(
    { role: "sink", name: sink.description },
    {
      member: "writer(...)",
      found: `gave ${missing}`,
      contract: "It is to answer with a PartitionWriter: { write(...), finish(), abort() }.",
    },
  );
}

/** What `onData` gave, if it is a function that ends the calls. */
export function checkedUnsubscribe(
  source: Source,
  answer: (() => void) | undefined,
): (() => void) | undefined {
  if (typeof answer === "function" || source.onData === undefined) return answer;
  throw brokenContract(
    { role: "source", name: source.description },
    {
      member: "onData(...)",
      found: `gave ${inWords(answer)}`,
      contract: "It is to give a function without arguments that ends the calls of `wake`.",
    },
  );
}
