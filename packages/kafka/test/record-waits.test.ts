import { expect, test } from "vitest";
import type { ClusterView } from "../src/client/cluster-view.js";
import { RecordWaits } from "../src/client/record-waits.js";
import type { FetchedPartition, FetchPosition } from "../src/protocol/fetch.js";

const at = (partition: number): FetchPosition => ({ topic: "t", partition, offset: 7 });

/** Leaders that hold requests back until the test answers them. */
class Leaders {
  readonly requests: {
    readonly leader: number;
    answer(bytes: number): void;
    fail(error: Error): void;
  }[] = [];
  readonly forgotten: number[] = [];
  /** What becomes of the next attempts to end a connection. */
  ending: Promise<void> = Promise.resolve();

  view(): ClusterView {
    const send = (leader: number) =>
      new Promise<readonly Partial<FetchedPartition>[]>((resolve, reject) => {
        const answer = (bytes: number): void => resolve([{ errorCode: 0, start: 0, end: bytes }]);
        this.requests.push({ leader, answer, fail: reject });
      });
    const reconnect = async (leader: number): Promise<void> => {
      await this.ending;
      for (const request of this.requests.filter((other) => other.leader === leader))
        request.fail(new Error("the connection ended"));
    };
    const forget = ({ partition }: FetchPosition): void => void this.forgotten.push(partition);
    return { brokers: { send, reconnect }, forget } as unknown as ClusterView;
  }
}

test("a leader that holds a request for the same partitions gets no other one", async () => {
  const leaders = new Leaders();
  const waits = new RecordWaits(leaders.view());
  const first = waits.first(new Map([[1, [at(0), at(1)]]]), false);
  const second = waits.first(new Map([[1, [at(1)]]]), false);
  expect(leaders.requests).toHaveLength(1);
  leaders.requests[0]!.answer(10);
  expect(await Promise.all([first, second])).toEqual([true, true]);
});

test("a partition that is new at a leader is waited for at once, and what waited there is no news", async () => {
  const leaders = new Leaders();
  const waits = new RecordWaits(leaders.view());
  const before = waits.first(new Map([[1, [at(0)]]]), false);
  const after = waits.first(new Map([[1, [at(0), at(1)]]]), false);
  expect(await before).toBe(false);
  expect(leaders.requests).toHaveLength(2);
  leaders.requests[1]!.answer(10);
  expect(await after).toBe(true);
  expect(leaders.forgotten).toEqual([]);
});

test("a request that fails is news, and the leader is looked for anew", async () => {
  const leaders = new Leaders();
  const waits = new RecordWaits(leaders.view());
  const wait = waits.first(new Map([[1, [at(3)]]]), false);
  leaders.requests[0]!.fail(new Error("the connection ended"));
  expect([await wait, leaders.forgotten]).toEqual([true, [3]]);
  const next = waits.first(new Map([[1, [at(3)]]]), false);
  leaders.requests[1]!.answer(0);
  expect(await next).toBe(false);
});

test("a request that could not be ended is waited for no more once it is answered", async () => {
  const leaders = new Leaders();
  const waits = new RecordWaits(leaders.view());
  const before = waits.first(new Map([[1, [at(0)]]]), false);
  leaders.ending = Promise.reject(new Error("no connection can be made"));
  await expect(waits.first(new Map([[1, [at(0), at(1)]]]), false)).rejects.toThrow("can be made");
  leaders.requests[0]!.answer(0);
  expect(await before).toBe(false);
  const after = waits.first(new Map([[1, [at(0)]]]), false);
  expect(leaders.requests).toHaveLength(2);
  leaders.requests[1]!.answer(10);
  expect(await after).toBe(true);
});

test("of two that have a leader wait for more at a time, none takes the other's request for its own", async () => {
  const leaders = new Leaders();
  const waits = new RecordWaits(leaders.view());
  const before = waits.first(new Map([[1, [at(0)]]]), false);
  const more = waits.first(new Map([[1, [at(0), at(1)]]]), false);
  const most = waits.first(new Map([[1, [at(0), at(1), at(2)]]]), false);
  expect(await Promise.all([before, more])).toEqual([false, false]);
  expect(leaders.requests).toHaveLength(3);
  const last = waits.first(new Map([[1, [at(2)]]]), false);
  expect(leaders.requests).toHaveLength(3);
  leaders.requests[2]!.answer(10);
  expect(await Promise.all([most, last])).toEqual([true, true]);
});
