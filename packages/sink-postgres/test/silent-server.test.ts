import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Options, parseDdl, type SinkBatch } from "@ss/core";
import { afterEach, expect, test } from "vitest";
import { Session } from "../src/connection/session.js";
import { type ConnectionSettings, connectionSettings } from "../src/options/connection-settings.js";
import { CommitRecord } from "../src/sink/commit-record.js";
import { RecordedBatch } from "../src/sink/recorded-batch.js";
import { parseTableName } from "../src/table/table-name.js";
import type { WritePlan } from "../src/table/write-plan.js";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const message = (type: string, ...parts: readonly (string | number[])[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const READY = message("Z", "I");
const WELCOME = Buffer.concat([message("R", [0, 0, 0, 0]), READY]);

/** An answer with one row of one column of text. */
function row(name: string, value: string): Buffer {
  const column = [0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0];
  const fields = message("T", [0, 1], `${name}\0`, column);
  const data = message("D", [0, 1, 0, 0, 0, value.length], value);
  return Buffer.concat([fields, data, message("C", "SELECT 1\0"), READY]);
}

const DONE = Buffer.concat([message("C", "SET\0"), READY]);

/** A server that lets everybody in and gives to each statement what `answer` says; undefined is silence. */
async function serverThat(answer: (text: string) => Buffer | undefined): Promise<ConnectionSettings> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(WELCOME);
      socket.on("data", (bytes) => {
        if (bytes[0] !== "Q".charCodeAt(0)) return;
        const reply = answer(bytes.subarray(5, -1).toString());
        if (reply !== undefined) socket.write(reply);
      });
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const options = { host: "127.0.0.1", port, user: "u", connectTimeout: "200ms", commitTimeout: "50ms" };
  return connectionSettings(new Options(options), {}, undefined);
}

const versionOr = (text: string, other: Buffer | undefined): Buffer | undefined =>
  text === "SHOW server_version_num" ? row("server_version_num", "150004") : other;

test.each([
  ["at once", () => undefined],
  ["at its settings", (text: string) => versionOr(text, undefined)],
])(
  "a server that falls silent behind the login, %s, is not reached within connectTimeout",
  async (_, answer) => {
    const settings = await serverThat(answer);
    await expect(Session.open(settings)).rejects.toMatchObject({
      condition: "SS_POSTGRES_UNREACHABLE",
      recovery: "retry",
      message: expect.stringContaining("no connection within 200 ms"),
    });
  },
);

const batch = {
  queryId: "q",
  outputId: 0,
  runId: "r",
  batchId: 7,
  schema: parseDdl("id INT"),
  mode: "complete",
  signal: new AbortController().signal,
} as unknown as SinkBatch;
const plan = { publishSql: "DELETE FROM t", publishesNothing: true } as WritePlan;
const record = new CommitRecord(parseTableName("ss_commits", "commitsTable"));

/** The end of a batch on a server that keeps silent at the commit, and of which the record says `batchId` afterwards. */
async function commitInSilence(answers: (text: string) => Buffer | undefined): Promise<{
  readonly result: unknown;
  readonly asked: readonly string[];
  readonly told: readonly string[];
}> {
  const asked: string[] = [];
  const told: string[] = [];
  const settings = await serverThat((text) => {
    asked.push(text);
    if (/\bCOMMIT$/.test(text)) return undefined;
    return versionOr(text, /^(SELECT|UPDATE)/.test(text) ? answers(text) : DONE);
  });
  const write = new RecordedBatch(batch, { session: await Session.open(settings), plan }, record, {
    reopen: async () => ({ session: await Session.open(settings), plan }),
    commitTimeoutMs: settings.commitTimeoutMs,
    committed: () => told.push("committed"),
    lost: () => told.push("lost"),
  });
  const result = await write.commit([3]).catch((error: unknown) => error);
  return { result, asked, told };
}

test("a commit that the server does not answer is looked for on another connection, and counts if it was made", async () => {
  const { result, told } = await commitInSilence(() => row("batch_id", "7"));
  expect(result).toEqual({ numOutputRows: 3 });
  expect(told).toEqual(["committed"]);
});

test("a commit that the server does not answer and has not made is refused from then on, and fails the batch", async () => {
  const { result, asked, told } = await commitInSilence((text) =>
    text.startsWith("UPDATE") ? row("1", "1") : row("batch_id", "6"),
  );
  expect(result).toMatchObject({ condition: "SS_POSTGRES_BATCH_LOST", recovery: "fail" });
  expect(told).toEqual(["lost"]);
  expect(asked.at(-1)).toBe(
    "UPDATE \"ss_commits\" SET run_id = '' WHERE query_id = 'q' AND output_id = 0 AND run_id = 'r' AND batch_id < 7 RETURNING 1",
  );
});

test("a look that is not answered either leaves open whether the commit was made", async () => {
  const { result, told } = await commitInSilence(() => undefined);
  expect(result).toMatchObject({
    condition: "SS_POSTGRES_CONNECTION_LOST",
    recovery: "retry",
    message: expect.stringContaining("no answer within 50 ms"),
  });
  expect(told).toEqual([]);
});
