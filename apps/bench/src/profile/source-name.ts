import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the code of a frame comes from. */
export interface SourceName {
  /** A package of this repository by its folder, or a name in brackets for what is none. */
  readonly package: string;
  /** The file within the package's sources; empty where there is none. */
  readonly file: string;
}

const maps = new Map<string, SourceMap | null>();

/** The source of a place in the code that runs, through the source map that lies beside it. Lines and columns count from 0. */
export function sourceName(url: string, line: number, column: number): SourceName {
  if (url.startsWith("node:")) return { package: "(node)", file: url.slice("node:".length) };
  if (url.startsWith("wasm:")) return { package: "(wasm)", file: "" };
  if (!url.startsWith("file:")) return { package: "(generated)", file: "" };
  const path = fileURLToPath(url);
  const mapped = mapOf(path)?.findEntry(line, column);
  const original = mapped && "originalSource" in mapped ? resolve(path, "..", mapped.originalSource) : path;
  const own = /\/(?:packages|apps)\/([^/]+)\/(src\/)?(.*)$/.exec(original);
  if (original.includes("/node_modules/") || !own) return { package: `(${libraryOf(original)})`, file: "" };
  // a built file without a map, or a place in it that the map does not have
  const isSource = own[2] !== undefined;
  return { package: own[1]!, file: isSource ? own[3]! : "" };
}

function mapOf(path: string): SourceMap | null {
  const known = maps.get(path);
  if (known !== undefined) return known;
  const file = `${path}.map`;
  const map = existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : null;
  maps.set(path, map);
  return map;
}

function libraryOf(path: string): string {
  const parts = path.split("/node_modules/").at(-1)!.split("/");
  if (!path.includes("/node_modules/")) return relative(join("/"), path);
  return parts[0]!.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
}
