import { systemClock } from "@ss/core";
import { expect, test } from "vitest";
import type { ClusterView } from "../src/client/cluster-view.js";
import { type CoordinatorCall, Coordinators } from "../src/client/coordinators.js";
import { ERROR } from "../src/protocol/error-codes.js";
import type { ApiVersions, Request } from "../src/protocol/request.js";

const { signal } = new AbortController();

/** A cluster in which broker 1 coordinates at first, then 2; `codes` are what the calls get, by broker. */
function clusterOf(codes: readonly number[]): { view: ClusterView; readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...codes];
  let finds = 0;
  const send = async (node: number | null, make: (versions: ApiVersions) => Request<unknown>) => {
    const { apiName } = make({});
    asked.push(`${apiName} ${node}`);
    if (apiName === "FindCoordinator")
      return { errorCode: 0, broker: { nodeId: ++finds, host: "b", port: 1, rack: null } };
    return left.shift() ?? 0;
  };
  const repeat = async (_: AbortSignal, work: () => Promise<unknown>) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if ((error as Error).message !== "may pass") throw error;
      }
    }
  };
  const clock = { ...systemClock, sleep: async (ms: number) => void asked.push(`pause ${ms}`) };
  return {
    view: { brokers: { send, update: async () => {} }, clock, repeat } as unknown as ClusterView,
    asked,
  };
}

const CALL: CoordinatorCall<number> = {
  kind: "group",
  name: "g",
  request: () => ({ apiKey: 8, apiName: "Call" }) as Request<number>,
  codeOf: (code) => code,
  check: (code) => {
    throw new Error(code === ERROR.notCoordinator ? "may pass" : `code ${code}`);
  },
  pauseMs: (code, k) => (code === ERROR.concurrentTransactions && k < 2 ? k + 1 : undefined),
};

test("a coordinator is looked for once, and again when it is another one", async () => {
  const { view, asked } = clusterOf([0, 0, ERROR.notCoordinator]);
  const coordinators = new Coordinators(view);
  for (let k = 0; k < 3; k++) await coordinators.ask(CALL, signal);
  expect(asked).toEqual([
    "FindCoordinator null",
    "Call 1",
    "Call 1",
    "Call 1",
    "FindCoordinator null",
    "Call 2",
  ]);
});

test("a coordinator that is busy is asked again after short pauses, and no more often than is said", async () => {
  const busy = ERROR.concurrentTransactions;
  const { view, asked } = clusterOf([busy, busy, busy]);
  const coordinators = new Coordinators(view);
  await expect(coordinators.ask(CALL, signal)).rejects.toThrow(`code ${busy}`);
  expect(asked).toEqual(["FindCoordinator null", "Call 1", "pause 1", "Call 1", "pause 2", "Call 1"]);
});
