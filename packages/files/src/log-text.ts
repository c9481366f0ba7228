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
/** How each record begins, which tells it from the entries of other logs. */
const PATH_FIRST = '{"path":"';
const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();
const LINE_END = encoder.encode("\n");
const BRACE = encoder.encode("}");

/**
 * The bytes of a log file: the version, then one line of JSON per record. The first record carries a checksum of the whole
 * text without it as one more field, which Spark passes over: so a file that was cut after any record is recognised.
 */
export function checksummedText(lines: readonly string[]): Uint8Array {
  return checksummedBody([recordsBody(lines)]);
}

/** Records as the bytes of a body: what stands in a log file after the version. */
export function recordsBody(lines: readonly string[]): Uint8Array {
  return encoder.encode(lines.join("\n"));
}

/** The bytes of a log file that holds the records of several bodies. */
export function checksummedBody(bodies: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const body of bodies) if (body.length > 0) parts.push(LINE_END, body);
  if (parts.length === 0) return encoder.encode(VERSION);
  let checksum = crc32(VERSION);
  for (const part of parts) checksum = crc32(part, checksum);
  const first = parts[1]!;
  const end = lineEnd(first, 0) - 1;
  const seal = encoder.encode(`,"checksum":"${printChecksum(checksum)}"}`);
  parts.splice(1, 1, first.subarray(0, end), seal, first.subarray(end + 1));
  return Buffer.concat([encoder.encode(VERSION), ...parts]);
}

/**
 * The body of a log file, for {@link checksummedBody}: checked by its checksum alone, without looking at its records; one
 * without a checksum is read like `checkedLines` does.
 */
export function checkedBody(bytes: Uint8Array, file: string, remedy: string): Uint8Array {
  const start = VERSION.length + 1;
  const end = lineEnd(bytes, start);
  const head = Buffer.from(bytes.subarray(0, end)).toString("latin1");
  const match = CHECKSUM.exec(head);
  if (match === null || !head.startsWith(`${VERSION}\n`)) {
    return recordsBody(checkedLines(bytes, file, remedy));
  }
  const before = bytes.subarray(0, match.index);
  const after = bytes.subarray(end);
  const checksum = crc32(after, crc32(BRACE, crc32(before)));
  if (printChecksum(checksum) !== match[1]) {
    throw malformedLog(file, "a checksum that does not fit its text", remedy);
  }
  return Buffer.concat([before.subarray(start), BRACE, after]);
}

/** Where the line that begins at `from` ends. */
function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(LINE_END[0]!, from);
  return end < 0 ? bytes.length : end;
}

/** The records of a body. */
export function bodyLines(body: Uint8Array): string[] {
  return body.length === 0 ? [] : decoder.decode(body).split("\n");
}

function textOf(lines: readonly string[]): string {
  return [VERSION, ...lines].join("\n");
}

/**
 * The records of a log file; refuses another version, an altered text and lines that are no records, with what to do about it:
 * `remedy`.
 */
export function checkedLines(bytes: Uint8Array, file: string, remedy: string): string[] {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw malformedLog(file, "bytes that are not UTF-8", remedy, cause);
  }
  const [version, ...lines] = text.split("\n");
  if (version !== VERSION) throw wrongVersion(version!, file, remedy);
  while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
  if (lines.length === 0) return lines;
  const match = CHECKSUM.exec(lines[0]!);
  if (match !== null) {
    lines[0] = `${lines[0]!.slice(0, match.index)}}`;
    if (checksumOf(textOf(lines)) !== match[1])
      throw malformedLog(file, "a checksum that does not fit its text", remedy);
  } else if (hasForeignField(lines[0]!)) {
    throw malformedLog(file, "a checksum that cannot be read", remedy);
  }
  for (const line of lines) {
    if (!(match === null ? isRecord(line) : line.startsWith(PATH_FIRST) && line.endsWith("}")))
      throw malformedLog(file, `the record ${JSON.stringify(line.slice(0, 80))}`, remedy);
  }
  return lines;
}

/** Whether a line that no checksum vouches for is a record. */
function isRecord(line: string): boolean {
  try {
    return typeof (JSON.parse(line) as { readonly path?: unknown } | null)?.path === "string";
  } catch {
    return false;
  }
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
  return printChecksum(crc32(text));
}

function printChecksum(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
}

function wrongVersion(version: string, file: string, remedy: string): StreamError {
  const number = /^v(\d+)$/.exec(version)?.[1];
  if (number === undefined)
    return malformedLog(file, `the version line ${JSON.stringify(version.slice(0, 80))}`, remedy);
  return new StreamError({
    condition: "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION",
    sqlState: "KD002",
    parameters: { version, maxSupportedVersion: VERSION },
    message: `The log file ${file} has the version ${version}, but at most ${VERSION} can be read. A newer release wrote it: run the query with that release, or a later one.`,
  });
}

/** The error for a log file that does not hold what it should. */
export function malformedLog(file: string, found: string, remedy: string, cause?: unknown): StreamError {
  return new StreamError({
    condition: "MALFORMED_LOG_FILE",
    sqlState: "KD002",
    parameters: { text: found },
    message: `The log file ${file} is damaged: it has ${found}. ${remedy}`,
    cause,
  });
}
