import { crc32 } from "node:zlib";
import { StreamError } from "@ss/core";

const VERSION = "v1";
const CHECKSUM = /,"checksum":"([0-9a-f]{8})"\}$/;
/** Fields of the records that Spark writes, of manifests and of lists of seen files. A first record of ours has one more. */
const FIELDS = new Set([
  "path",
  "size",
  "isDir",
  "modificationTime",
  "blockReplication",
  "blockSize",
  "action",
  "timestamp",
  "batchId",
]);
const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/**
 * The bytes of a log file: the version, then one line of JSON per record. The first record carries a checksum of the whole
 * text without it as one more field, which Spark passes over: so a file that was cut after any record is recognised.
 */
export function checksummedText(lines: readonly string[]): Uint8Array {
  const [first, ...others] = lines;
  if (first === undefined) return encoder.encode(VERSION);
  const sealed = `${first.slice(0, -1)},"checksum":"${checksumOf(textOf(lines))}"}`;
  return encoder.encode(textOf([sealed, ...others]));
}

function textOf(lines: readonly string[]): string {
  return [VERSION, ...lines].join("\n");
}

/** The records of a log file; refuses another version, an altered text and lines that are no JSON object. */
export function checkedLines(bytes: Uint8Array, file: string): string[] {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw malformedLog(file, "bytes that are not UTF-8", cause);
  }
  const [version, ...lines] = text.split("\n");
  if (version !== VERSION) throw wrongVersion(version!, file);
  while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
  if (lines.length === 0) return lines;
  const match = CHECKSUM.exec(lines[0]!);
  if (match !== null) {
    lines[0] = `${lines[0]!.slice(0, match.index)}}`;
    if (checksumOf(textOf(lines)) !== match[1])
      throw malformedLog(file, "a checksum that does not fit its text");
  } else if (hasForeignField(lines[0]!)) {
    throw malformedLog(file, "a checksum that cannot be read");
  }
  for (const line of lines) {
    if (!line.startsWith("{") || !line.endsWith("}"))
      throw malformedLog(file, JSON.stringify(line.slice(0, 80)));
  }
  return lines;
}

/** Whether a record without a readable checksum has a field that is not Spark's: what is left of a damaged checksum. */
function hasForeignField(line: string): boolean {
  try {
    return Object.keys(JSON.parse(line)).some((field) => !FIELDS.has(field));
  } catch {
    return true;
  }
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

function wrongVersion(version: string, file: string): StreamError {
  const number = /^v(\d+)$/.exec(version)?.[1];
  if (number === undefined)
    return malformedLog(file, `the version line ${JSON.stringify(version.slice(0, 80))}`);
  return new StreamError({
    condition: "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION",
    sqlState: "KD002",
    parameters: { version, maxSupportedVersion: VERSION },
    message: `The log file ${file} has the version ${version}, but at most ${VERSION} can be read. A newer release wrote it.`,
  });
}

/** The error for a log file that does not hold what it should. */
export function malformedLog(file: string, found: string, cause?: unknown): StreamError {
  return new StreamError({
    condition: "MALFORMED_LOG_FILE",
    sqlState: "KD002",
    parameters: { text: found },
    message: `The log file ${file} is damaged: it has ${found}. Restore it from a copy.`,
    cause,
  });
}
