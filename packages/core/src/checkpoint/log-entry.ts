import { crc32 } from "node:zlib";
import { corruptFile, malformedLog, unknownVersion } from "./checkpoint-errors.js";

/**
 * The text of a log entry: a version line, a line of JSON fields, then lines of the log's own. The fields carry a checksum
 * over the whole text without it, as their last field. Entries without one, and without the `writer` that all of ours have,
 * were written by Spark and are taken as they are.
 */
export interface LogEntry {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

const VERSION = 1;
const CHECKSUM = /,"checksum":"([0-9a-f]{8})"\}$/;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The CRC-32 of a text's UTF-8 bytes, as eight hexadecimal digits. */
export function textChecksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

/** One line of JSON with a checksum over it (and over `surroundings`) as its last field. */
export function sealJson(json: string, surroundings: (line: string) => string = (line) => line): string {
  return `${json.slice(0, -1)},"checksum":"${textChecksum(surroundings(json))}"}`;
}

/** Reads what `sealJson` wrote; a line without a checksum is taken as it is. */
export function openJson(
  line: string,
  path: string,
  surroundings: (line: string) => string = (bare) => bare,
): Readonly<Record<string, unknown>> {
  const fields = parseObject(line, path);
  if (!("checksum" in fields)) return fields;
  const match = CHECKSUM.exec(line);
  if (match === null) throw corruptFile(path, "its checksum is not where it was written");
  const bare = `${line.slice(0, match.index)}}`;
  if (textChecksum(surroundings(bare)) !== match[1]) {
    throw corruptFile(path, "its text does not fit its checksum");
  }
  return fields;
}

/** The text of an entry. */
export function encodeEntry(entry: LogEntry): string {
  const whole = (line: string): string => [`v${VERSION}`, line, ...entry.lines].join("\n");
  return whole(sealJson(JSON.stringify(entry.fields), whole));
}

/** Reads the text of an entry; errors name `path`. */
export function decodeEntry(bytes: Uint8Array, path: string): LogEntry {
  const [first, second, ...lines] = decodeText(bytes, path).split("\n");
  const version = /^v(\d+)$/.exec(first!);
  if (version === null || Number(version[1]) < 1) throw malformedLog(path, first!.slice(0, 40));
  if (Number(version[1]) > VERSION) throw unknownVersion(path, Number(version[1]), VERSION);
  if (second === undefined) throw corruptFile(path, "it ends after its first line");
  const fields = openJson(second, path, (line) => [first, line, ...lines].join("\n"));
  if ("writer" in fields && !("checksum" in fields)) throw corruptFile(path, "its checksum is missing");
  return { fields, lines };
}

/** The text of a checkpoint file; bytes that are no UTF-8 are damage. */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw corruptFile(path, "it is not text", cause);
  }
}

function parseObject(line: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw corruptFile(path, "its JSON is cut or altered", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw corruptFile(path, "its fields are not a JSON object");
}
