import { LongType, StructField, StructType } from "@ss/core";
import { expect, test } from "vitest";
import type { WorkerPool } from "../../src/execution/parallel/worker-pool.js";
import { RunningTask, type WorkerThread } from "../../src/execution/parallel/worker-thread.js";
import type { CallShare, ShareReport } from "../../src/execution/state-partitions/messages.js";
import { noCounts } from "../../src/execution/state-partitions/owned-operator.js";
import { OwnedState } from "../../src/execution/state-partitions/owned-state.js";

const REPORT: ShareReport = {
  size: { rowCount: 3, byteSize: 100, updatedCount: 0, removedCount: 0 },
  counts: noCounts(),
};

/** An owner that answers calls only while it is told to. */
class Owner {
  answers = false;
  readonly calls: string[] = [];
  private readonly tasks = new Map<number, RunningTask<ShareReport>>();

  post(): void {}

  begin({ taskId, call }: CallShare, onEnd: () => void): RunningTask<ShareReport> {
    this.calls.push(call.do);
    const task = new RunningTask<ShareReport>(taskId, this as unknown as WorkerThread, () =>
      queueMicrotask(onEnd),
    );
    this.tasks.set(taskId, task);
    if (this.answers) queueMicrotask(() => task.take({ kind: "done", taskId, report: REPORT }));
    return task;
  }

  cancel(taskId: number): void {
    this.tasks.get(taskId)!.fail(new DOMException("The task was cancelled.", "AbortError"));
  }
}

function stateOf(owners: readonly Owner[]): OwnedState {
  let lastId = 0;
  const pool = { size: owners.length, nextId: () => ++lastId, owners: () => owners };
  const spec = {
    operatorId: 0,
    operatorName: "stateStoreSave",
    name: "default",
    keySchema: new StructType([StructField("k", LongType)]),
    valueSchema: new StructType([StructField("n", LongType)]),
  };
  const form = { operator: "aggregate", plan: null, ansi: true, holder: "an operator" };
  return new OwnedState(spec, pool as unknown as WorkerPool, 16, form);
}

test("a load after a batch that was given up is not held up by what that batch had asked for", async () => {
  const owners = [new Owner(), new Owner()];
  const state = stateOf(owners);
  state.begin({ mode: "update", lateWatermarkMs: 0, watermarkMs: 0 });
  await state.take([
    { rowCount: 1, packed: new ArrayBuffer(8) },
    { rowCount: 0, packed: new ArrayBuffer(0) },
  ]);
  state.cancel();
  for (const owner of owners) owner.answers = true;
  await state.clear();
  expect(state.rowCount).toBe(6);
  expect(owners.map(({ calls }) => calls)).toEqual([
    ["begin", "take", "clear"],
    ["begin", "clear"],
  ]);
});
