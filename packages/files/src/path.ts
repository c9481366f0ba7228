import { isAbsolute, resolve } from "node:path";

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;

/**
 * A path as file systems take it: absolute, `/`-separated, without a trailing slash. A `file:` URI becomes a plain path,
 * other schemes stay, and a path without a scheme is resolved against the working folder.
 */
export function absolutePath(path: string): string {
  if (/^file:/i.test(path)) return trimSlashes(path.replace(/^file:(\/\/[^/]*)?/i, ""));
  if (SCHEME.test(path)) return trimSlashes(path);
  return isAbsolute(path) ? trimSlashes(resolve(path)) : trimSlashes(resolve(process.cwd(), path));
}

function trimSlashes(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder that a path lies in; the root is its own. */
export function parentPath(path: string): string {
  const at = path.lastIndexOf("/");
  if (at <= 0) return "/";
  return path.slice(0, at);
}

/** A path below a folder. */
export function childPath(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** The part of `path` below `folder`, or null where it does not lie there. */
export function relativeTo(folder: string, path: string): string | null {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : null;
}

/** A path as messages and progress reports show it, with the scheme that Spark's have: `file:/data/in`. */
export function qualifiedPath(path: string): string {
  return SCHEME.test(path) ? path : `file:${path}`;
}

// Java's URI class, which wrote the paths in Spark's logs, quotes these characters and leaves those beyond ASCII alone.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among those that are quoted
const QUOTED = /[\u0000-\u0020"#%<>?[\\\]^`{|}\u007f]/g;

/** A path as Spark's logs hold it: a URI with percent escapes, `file:///` for local files. */
export function pathToUri(path: string): string {
  const escaped = path.replace(
    QUOTED,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return SCHEME.test(path) ? escaped : `file://${escaped}`;
}

/** The path behind a URI of {@link pathToUri} or a plain absolute path with percent escapes. */
export function pathFromUri(uri: string): string {
  const path = uri.replace(/^file:(\/\/[^/]*)?/i, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
