import { expect, test } from "vitest";
import { bodyLines, checkedBody, checkedLines, checksummedBody, checksummedText } from "../src/log-text.js";

const RECORDS = [
  '{"path":"file:///out/part-0.json","size":12,"isDir":false,"modificationTime":1,"blockReplication":1,"blockSize":1,"action":"add"}',
  '{"path":"file:///out/part-1.json","size":14,"isDir":false,"modificationTime":2,"blockReplication":1,"blockSize":1,"action":"add"}',
];

test("a log file gives back its records", () => {
  expect(checkedLines(checksummedText(RECORDS), "log/0", "")).toEqual(RECORDS);
});

test("records as Spark writes them, without a checksum, are taken as they are", () => {
  const bytes = new TextEncoder().encode(["v1", ...RECORDS].join("\n"));
  expect(checkedLines(bytes, "log/0", "")).toEqual(RECORDS);
});

test("lines that are no records are named, with a checksum and without one", () => {
  const offsets = ['{"batchWatermarkMs":0}', '{"logOffset":1}'];
  expect(() => checkedLines(checksummedText(offsets), "log/0", "")).toThrow(/log\/0/);
  for (const line of [...offsets, '{"path":"a', '{"path":1}', '{"path":"a"]}', "{}", "null"]) {
    const bytes = new TextEncoder().encode(["v1", RECORDS[0], line].join("\n"));
    expect(() => checkedLines(bytes, "log/0", ""), line).toThrow(/log\/0/);
  }
});

test("a change of any single bit is named", () => {
  const sound = checksummedText(RECORDS);
  for (let at = 0; at < sound.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = sound.slice();
      damaged[at]! ^= 1 << bit;
      expect(() => checkedLines(damaged, "log/0", ""), `bit ${bit} of byte ${at}`).toThrow(/log\/0/);
    }
  }
});

test("bodies of log files are put together to the file that all their records make", () => {
  const plain = new TextEncoder().encode(["v1", ...RECORDS].join("\n"));
  const empty = checksummedText([]);
  const one = checksummedText(RECORDS);
  const bodies = [empty, one, plain, empty].map((bytes) => checkedBody(bytes, "log/0", ""));
  expect(bodies.flatMap(bodyLines)).toEqual([...RECORDS, ...RECORDS]);
  expect(checksummedBody(bodies)).toEqual(Buffer.from(checksummedText([...RECORDS, ...RECORDS])));
  expect(bodyLines(checkedBody(checksummedBody([]), "log/0", ""))).toEqual([]);
});

test("a change of any byte of a body that is taken over is named", () => {
  const sound = checksummedText(RECORDS);
  for (let at = 0; at < sound.length; at++) {
    const damaged = sound.slice();
    damaged[at]! ^= 1;
    expect(() => checkedBody(damaged, "log/0", ""), `byte ${at}`).toThrow(/log\/0/);
    // cut to the version alone is an entry without records
    if (at > 2) expect(() => checkedBody(sound.slice(0, at), "log/0", ""), `length ${at}`).toThrow(/log\/0/);
  }
});
