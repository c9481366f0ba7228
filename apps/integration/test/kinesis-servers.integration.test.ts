import type { Server } from "@ss/app-servers";
import {
  INSTALL_MS,
  missingForKinesalite,
  missingForMoto,
  startKinesalite,
  startMoto,
} from "@ss/app-servers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

/** One request of the service's own protocol; the servers do not check the signature. */
async function ask(endpoint: string, operation: string, body: unknown): Promise<Record<string, unknown>> {
  const scope = "key/20260101/us-east-1/kinesis/aws4_request";
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Kinesis_20131202.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=00`,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

describeWith([missingForKinesalite()], "kinesalite", () => promises(startKinesalite));
describeWith([missingForMoto()], "moto", () => promises(startMoto));

function promises(start: () => Promise<Server & { readonly endpoint: string }>): void {
  let server: Server & { readonly endpoint: string };
  beforeAll(async () => {
    server = await start();
  }, INSTALL_MS + 60_000);
  afterAll(() => server?.stop());

  test("takes records, and comes back empty", async () => {
    const { endpoint } = server;
    await ask(endpoint, "CreateStream", { StreamName: "s", ShardCount: 1 });
    await untilActive(endpoint, "s");
    await ask(endpoint, "PutRecord", { StreamName: "s", PartitionKey: "k", Data: "b25l" });
    const { ShardIterator } = await ask(endpoint, "GetShardIterator", {
      StreamName: "s",
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    });
    const { Records } = await ask(endpoint, "GetRecords", { ShardIterator });
    expect(Records).toMatchObject([{ Data: "b25l", PartitionKey: "k" }]);
    await server.restart();
    expect(await ask(endpoint, "ListStreams", {})).toMatchObject({ StreamNames: [] });
  });
}

async function untilActive(endpoint: string, stream: string): Promise<void> {
  for (;;) {
    const answer = await ask(endpoint, "DescribeStreamSummary", { StreamName: stream });
    const { StreamStatus } = answer["StreamDescriptionSummary"] as { StreamStatus: string };
    if (StreamStatus === "ACTIVE") return;
  }
}
