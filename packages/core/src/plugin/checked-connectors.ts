import type { OutputMode, Sink } from "../sink/sink.js";
import type { ReadLimit, Source } from "../source/source.js";
import type { Table } from "../source/table.js";
import { brokenContract, type ConnectorPart, inWords, missingMethod } from "./broken-contract.js";

const SOURCE_METHODS = ["open", "initialOffset", "latestOffset", "plan", "read", "commit", "close"];
const LIMITS: readonly ReadLimit["kind"][] = [
  "allAvailable",
  "maxRows",
  "maxFiles",
  "maxBytes",
  "minRows",
  "composite",
];
const OUTPUT_MODES: readonly OutputMode[] = ["append", "update", "complete"];

/** What the provider of a format gave for `readStream`, if it is a source; else SS_CONNECTOR_CONTRACT. */
export function checkedSource(format: string, made: Source): Source {
  const part: ConnectorPart = { role: "source", name: format };
  checkObject(part, "stream(...)", made, SOURCE_METHODS, "a Source");
  checkInput(part, made);
  const kind: unknown = (made.readLimit as Partial<ReadLimit> | undefined)?.kind;
  if (!LIMITS.includes(kind as ReadLimit["kind"])) {
    const found = `is ${inWords(kind === undefined ? made.readLimit : kind)}`;
    const contract = `It says what a batch may take, by a kind: ${LIMITS.join(", ")}. Without a limit it is { kind: "allAvailable" }.`;
    throw brokenContract(part, { member: "readLimit", found, contract });
  }
  if (typeof made.replayable !== "boolean") {
    const found = `is ${inWords(made.replayable)}`;
    const contract = "It says with true or false whether a range gives the same rows again.";
    throw brokenContract(part, { member: "replayable", found, contract });
  }
  return made;
}

/** What the provider of a format gave for `read`, if it is a table; else SS_CONNECTOR_CONTRACT. */
export function checkedTable(format: string, made: Table): Table {
  const part: ConnectorPart = { role: "table", name: format };
  checkObject(part, "table(...)", made, ["plan", "read"], "a Table");
  checkInput(part, made);
  return made;
}

/** What the provider of a format gave for a write, if it is a sink; else SS_CONNECTOR_CONTRACT. */
export function checkedSink(format: string, method: "stream" | "batch", made: Sink): Sink {
  const part: ConnectorPart = { role: "sink", name: format };
  checkObject(part, `${method}(...)`, made, ["begin", "close"], "a Sink");
  checkDescription(part, made.description);
  if (made.delivery !== "exactlyOnce" && made.delivery !== "atLeastOnce") {
    const found = `is ${inWords(made.delivery)}`;
    const contract = `It is "exactlyOnce" or "atLeastOnce".`;
    throw brokenContract(part, { member: "delivery", found, contract });
  }
  checkOutputModes(format, made.outputModes);
  return made;
}

/** Refuses output modes that are not a list of some of the three: SS_CONNECTOR_CONTRACT. */
export function checkOutputModes(format: string, modes: readonly OutputMode[]): void {
  if (Array.isArray(modes) && modes.every((mode) => OUTPUT_MODES.includes(mode))) return;
  const found = Array.isArray(modes)
    ? `holds ${inWords(modes.find((mode) => !OUTPUT_MODES.includes(mode)))}`
    : `is ${inWords(modes)}`;
  const contract = `It lists the modes that the sink takes, of ${OUTPUT_MODES.map((mode) => `"${mode}"`).join(", ")}.`;
  throw brokenContract({ role: "sink", name: format }, { member: "outputModes", found, contract });
}

function checkObject(
  part: ConnectorPart,
  member: string,
  made: unknown,
  methods: readonly string[],
  what: string,
): void {
  const missing = missingMethod(made, methods);
  if (missing === null) return;
  const contract = `Its provider is to give ${what}, with the methods ${methods.join(", ")}.`;
  throw brokenContract(part, { member, found: `gave ${missing}`, contract });
}

function checkInput(part: ConnectorPart, { description, schema }: Source | Table): void {
  checkDescription(part, description);
  if (Array.isArray((schema as { readonly fields?: unknown } | undefined)?.fields)) return;
  const contract = `It is a StructType: new StructType([...]), or parseDdl("name STRING") for a text.`;
  throw brokenContract(part, { member: "schema", found: `is ${inWords(schema)}`, contract });
}

function checkDescription(part: ConnectorPart, description: unknown): void {
  if (typeof description === "string") return;
  const contract = "It is a text that names the connector in progress reports and errors.";
  throw brokenContract(part, { member: "description", found: `is ${inWords(description)}`, contract });
}
