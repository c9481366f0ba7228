import { expect, test } from "vitest";
import { checkedLines, checksummedText } from "../src/log-text.js";

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
