import type { SourceName } from "./source-name.js";

/** Packages and folders that work for others: time in them belongs to whoever called. */
const HELPERS: readonly string[] = [
  "kernels/",
  "files/",
  "core/column/",
  "core/file-system/",
  "core/format/",
  "core/schema/",
  "core/errors/",
  "core/clock/",
  "core/plugin/",
];

/**
 * The operator (scan, join, aggregate, sink, state store, ...) that a frame is a part of, or undefined for code that works for
 * whoever called it. Operators of sql have a file each; of other packages a folder stands for one.
 */
export function operatorOf({ package: owner, file }: SourceName): string | undefined {
  if (owner.startsWith("(")) return undefined;
  if (file === "") return undefined;
  const place = `${owner}/${file}`;
  if (HELPERS.some((helper) => place.startsWith(helper))) return undefined;
  const [first, second] = file.replace(/\.ts$/, "").split("/");
  if (owner !== "sql") return second === undefined ? owner : `${owner}: ${first}`;
  if (first === "execution" && second === "operators") return `operator ${lastPart(file)}`;
  if (first === "execution") return undefined;
  if (first === "functions" || first === "expression") return undefined;
  if (first === "streaming") return file.includes("/sinks/") ? `sink ${lastPart(file)}` : "sql: streaming";
  return "sql: planning";
}

/** Where code stands that no operator called: its package, with the folder. */
export function placeOf({ package: owner, file }: SourceName): string {
  const folder = owner.startsWith("(") ? "" : file.split("/").slice(0, -1).join("/");
  return folder === "" ? owner : `${owner}: ${folder}`;
}

function lastPart(file: string): string {
  return file.split("/").at(-1)!.replace(/\.ts$/, "");
}
