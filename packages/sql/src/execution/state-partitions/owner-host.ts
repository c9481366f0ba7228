import { assert, type DataType, FamilyHolder, type HolderSize, packColumns, unpackColumns } from "@ss/core";
import type { FunctionRegistry } from "../../functions/registry.js";
import type { Rows } from "../../logical/rows.js";
import { kernelDictionaries } from "../keys/kernel-key-table.js";
import type { Holding, MemoryBudget, MemoryScope } from "../memory-budget.js";
import { HostedTask } from "../parallel/hosted-task.js";
import type { FromWorker, PackedRows } from "../parallel/messages.js";
import { fromPortable } from "../parallel/portable.js";
import { toPortableError } from "../parallel/portable-error.js";
import { KeyBytes } from "./key-bytes.js";
import type { CallShare, OpenShare, ShareCall, StateCounts } from "./messages.js";
import { noCounts, type OwnedOperator } from "./owned-operator.js";
import { ownedOperator } from "./owned-operators.js";

/** A share of an operator's state, with what works on it. */
interface Share {
  readonly operator: OwnedOperator;
  readonly holder: FamilyHolder;
  /** Types of the rows that it takes. */
  readonly types: readonly DataType[];
  readonly memory: MemoryScope;
  readonly holding: Holding;
  readonly keyBytes: KeyBytes;
  counts: StateCounts;
  /** The rows of an earlier moment that are being read. */
  image: ReturnType<FamilyHolder["image"]> | undefined;
}

/** Owns shares of state in a worker thread, and answers what the driver asks of them. */
export class OwnerHost {
  private readonly shares = new Map<number, Share>();
  private readonly memory: MemoryBudget;
  private readonly functions: FunctionRegistry;
  /** Those of the worker, where credits and cancellations find them. */
  private readonly tasks: Map<number, HostedTask>;
  private readonly post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void;

  constructor(
    memory: MemoryBudget,
    functions: FunctionRegistry,
    tasks: Map<number, HostedTask>,
    post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.memory = memory;
    this.functions = functions;
    this.tasks = tasks;
    this.post = post;
  }

  open({ stateId, share, operator: name, plan, ansi, holder: owner }: OpenShare): void {
    const operator = ownedOperator(name, fromPortable(plan, this.functions), ansi);
    const holder = new FamilyHolder(operator.spec, share, kernelDictionaries);
    const memory = this.memory.scope();
    const holding = memory.hold(
      () => `a part of the state of ${owner}`,
      () => holder.byteSize,
    );
    const { keySchema, valueSchema } = operator.spec;
    const types = [...keySchema.fields, ...valueSchema.fields].map(({ type }) => type);
    this.shares.set(stateId, {
      operator,
      holder,
      types,
      memory,
      holding,
      keyBytes: new KeyBytes(),
      counts: noCounts(),
      image: undefined,
    });
  }

  close(stateId: number): void {
    this.shares.get(stateId)?.memory.close();
    this.shares.delete(stateId);
  }

  /** What needs no credits is done before this returns, so that calls are done in the order in which they come. */
  async call({ taskId, stateId, call }: CallShare): Promise<void> {
    const task = new HostedTask();
    this.tasks.set(taskId, task);
    try {
      const share = this.shares.get(stateId);
      assert(share !== undefined, `state ${stateId} is not open`);
      const pieces = answer(share, call);
      if (pieces !== undefined) {
        for (const piece of pieces) {
          await task.mayPost();
          this.post({ kind: "rows", taskId, pieces: [piece] }, [piece.packed]);
        }
      }
      this.post({ kind: "done", taskId, report: { size: sizeOf(share.holder), counts: share.counts } });
    } catch (error) {
      this.post({ kind: "failed", taskId, error: toPortableError(error) });
    } finally {
      this.tasks.delete(taskId);
    }
  }
}

/** Does what is asked for; gives what is to be sent, made as it is sent. */
function answer(share: Share, call: ShareCall): Iterable<PackedRows> | undefined {
  const { operator, holder } = share;
  switch (call.do) {
    case "clear":
      holder.clear();
      return;
    case "apply":
      holder.apply(call.block);
      return;
    case "committed":
      holder.committed();
      return;
    case "changes":
      return blocks(holder.changes(call.number) ?? []);
    case "image":
      return image(share, call.number);
    case "begin":
      share.counts = noCounts();
      operator.begin(call.batch, () => performance.now());
      return;
    case "take":
      operator.take(received(share, call.packed, call.rowCount), holder.family, share.counts);
      share.holding.look();
      return;
    case "give":
      return output(share);
  }
}

function received({ types, keyBytes, operator }: Share, packed: ArrayBuffer, rowCount: number): Rows {
  const columns = unpackColumns(packed, types, rowCount);
  return { columns: keyBytes.moved(columns, operator.spec.keySchema.length), rowCount };
}

function* output({ operator, holder, counts }: Share): Generator<PackedRows> {
  for (const { columns, rowCount } of operator.give(holder.family, counts)) {
    yield { rowCount, packed: packColumns(columns, rowCount) };
  }
}

function* blocks(from: Iterable<Uint8Array>): Generator<PackedRows> {
  for (const block of from) yield { rowCount: 1, packed: block.slice().buffer };
}

/** Begins at the call, not when the first piece is asked for. One that was given up ends when the next begins. */
function image(share: Share, number: number): Iterable<PackedRows> {
  share.image?.end();
  const begun = share.holder.image(number);
  share.image = begun;
  return (function* () {
    try {
      yield* blocks(begun.blocks);
    } finally {
      if (share.image === begun) {
        begun.end();
        share.image = undefined;
      }
    }
  })();
}

function sizeOf({ rowCount, byteSize, updatedCount, removedCount }: FamilyHolder): HolderSize {
  return { rowCount, byteSize, updatedCount, removedCount };
}
