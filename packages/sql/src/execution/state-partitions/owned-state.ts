import type { FamilySpec, HolderSize, RemoteFamily, StateBlocks, StateDivision, StateImage } from "@ss/core";
import { blockHead, relationOf, type StateShare } from "@ss/core";
import type { PackedRows } from "../parallel/messages.js";
import type { WorkerPool } from "../parallel/worker-pool.js";
import type { RunningTask, WorkerThread } from "../parallel/worker-thread.js";
import type { OpenShare, ShareCall, ShareReport, StateBatch, StateCounts } from "./messages.js";
import { addCounts } from "./owned-operator.js";

/**
 * Bytes that an owner may have before it which it has not worked off: enough for it to finish what it is reading meanwhile, without the others
 * having to wait for it.
 */
const AHEAD_BYTES = 1 << 24;
/** What a message counts, at least. */
const MESSAGE_BYTES = 1 << 10;

/** One owner, and what it is being asked for. */
interface Owner {
  readonly thread: WorkerThread;
  readonly share: StateShare;
  /** Calls that answer without rows, oldest first. */
  readonly pending: { readonly ended: Promise<ShareReport>; readonly bytes: number }[];
  pendingBytes: number;
  size: HolderSize;
}

/**
 * An operator's state on the worker threads that own it: the driver's end. Calls reach an owner in the order in which they are made here. An owner
 * that dies fails every call with SS_WORKER_FAILED; the state is then that of the last commit, in the checkpoint.
 */
export class OwnedState implements RemoteFamily {
  readonly spec: FamilySpec;
  readonly division: StateDivision;
  private readonly id: number;
  private readonly pool: WorkerPool;
  private readonly owners: readonly Owner[];
  /** Calls of the batch under way, and those that are answered beside it. */
  private readonly batchTasks = new Set<RunningTask<ShareReport>>();
  private readonly imageTasks = new Set<RunningTask<ShareReport>>();

  constructor(
    spec: FamilySpec,
    pool: WorkerPool,
    partitions: number,
    form: Pick<OpenShare, "operator" | "plan" | "ansi" | "holder">,
  ) {
    this.spec = spec;
    this.pool = pool;
    this.id = pool.nextId();
    const threads = pool.owners(Math.min(partitions, pool.size));
    this.division = { partitions, owners: threads.length };
    this.owners = threads.map((thread, owner) => {
      const share = { ...this.division, owner };
      thread.post({ kind: "openShare", stateId: this.id, share, ...form });
      return {
        thread,
        share,
        pending: [],
        pendingBytes: 0,
        size: { rowCount: 0, byteSize: 0, updatedCount: 0, removedCount: 0 },
      };
    });
  }

  get rowCount(): number {
    return this.sum("rowCount");
  }
  get byteSize(): number {
    return this.sum("byteSize");
  }
  get updatedCount(): number {
    return this.sum("updatedCount");
  }
  get removedCount(): number {
    return this.sum("removedCount");
  }

  /** Begins a batch. */
  begin(batch: StateBatch): void {
    for (const owner of this.owners) this.push(owner, { do: "begin", batch });
  }

  /** Hands every owner its piece of some rows; resolves when more may come. */
  async take(pieces: readonly PackedRows[]): Promise<void> {
    for (const [k, { rowCount, packed }] of pieces.entries()) {
      if (rowCount > 0) this.push(this.owners[k]!, { do: "take", rowCount, packed }, [packed]);
    }
    for (const owner of this.owners) await this.drain(owner, AHEAD_BYTES);
  }

  /** What the operator gives out after it took all rows of the batch: the owners' rows, in turn. Adds what it did to `counts`. */
  async *give(counts: StateCounts): AsyncGenerator<PackedRows> {
    const tasks = this.owners.map((owner) => this.call(owner, { do: "give" }));
    try {
      await this.settle();
      yield* inTurn(tasks);
    } catch (error) {
      this.cancel();
      throw error;
    } finally {
      // who takes the rows may have enough of them; what is done with the state does not depend on that
      for (const [k, task] of tasks.entries()) {
        const report = await task.ended().catch(() => undefined);
        if (report === undefined) continue;
        this.owners[k]!.size = report.size;
        addCounts(counts, report.counts);
      }
    }
  }

  /** Gives up what a batch has asked for: its calls fail at once. */
  cancel(): void {
    for (const task of [...this.batchTasks]) task.cancel();
  }

  /** The owners forget the state. */
  close(): void {
    this.cancel();
    for (const task of [...this.imageTasks]) task.cancel();
    for (const { thread } of this.owners) thread.post({ kind: "closeShare", stateId: this.id });
  }

  async clear(): Promise<void> {
    this.cancel();
    for (const owner of this.owners) {
      // how the calls of a batch that was given up have ended is of no interest
      owner.pending.length = 0;
      owner.pendingBytes = 0;
      this.push(owner, { do: "clear" });
    }
    await this.settle();
  }

  async apply(block: Uint8Array): Promise<void> {
    const { share } = blockHead(block);
    for (const owner of this.owners) {
      if (relationOf(share, owner.share) === "none") continue;
      const copy = block.slice();
      this.push(owner, { do: "apply", block: copy }, [copy.buffer]);
      await this.drain(owner, AHEAD_BYTES);
    }
  }

  changes(number: number): StateBlocks | null {
    if (this.updatedCount === 0 && this.removedCount === 0) return null;
    return blocksOf(this.owners.map((owner) => this.call(owner, { do: "changes", number })));
  }

  async committed(): Promise<void> {
    for (const owner of this.owners) this.push(owner, { do: "committed" });
    await this.settle();
  }

  image(number: number): StateImage {
    const tasks = this.owners.map((owner) => this.call(owner, { do: "image", number }, [], this.imageTasks));
    return {
      blocks: blocksOf(tasks),
      end: () => {
        for (const task of tasks) task.cancel();
      },
    };
  }

  private sum(of: keyof HolderSize): number {
    return this.owners.reduce((sum, { size }) => sum + size[of], 0);
  }

  private call(
    { thread }: Owner,
    call: ShareCall,
    transfer: readonly ArrayBuffer[] = [],
    among: Set<RunningTask<ShareReport>> = this.batchTasks,
  ): RunningTask<ShareReport> {
    const taskId = this.pool.nextId();
    const task: RunningTask<ShareReport> = thread.begin(
      { kind: "callShare", taskId, stateId: this.id, call },
      () => among.delete(task),
      transfer,
    );
    among.add(task);
    return task;
  }

  /** Makes a call whose end is waited for later. */
  private push(owner: Owner, call: ShareCall, transfer?: readonly ArrayBuffer[]): void {
    const bytes = (transfer ?? []).reduce((sum, { byteLength }) => sum + byteLength, MESSAGE_BYTES);
    const ended = this.call(owner, call, transfer).ended();
    // a failure is thrown by `drain`, or by nobody where a batch ended early
    ended.catch(() => {});
    owner.pending.push({ ended, bytes });
    owner.pendingBytes += bytes;
  }

  /** Waits until an owner has at most `left` bytes before it. */
  private async drain(owner: Owner, left: number): Promise<void> {
    while (owner.pendingBytes > left) {
      const { ended, bytes } = owner.pending.shift()!;
      owner.pendingBytes -= bytes;
      owner.size = (await ended).size;
    }
  }

  private async settle(): Promise<void> {
    for (const owner of this.owners) await this.drain(owner, 0);
  }
}

/**
 * What several owners send, a message of each in turn: none has to wait until another is done, and the order depends on nothing but what they
 * send.
 */
async function* inTurn(tasks: readonly RunningTask<ShareReport>[]): AsyncGenerator<PackedRows> {
  let senders = tasks.map((task) => task.rows());
  while (senders.length > 0) {
    const left: typeof senders = [];
    for (const sender of senders) {
      const next = await sender.next();
      if (next.done) continue;
      left.push(sender);
      yield* next.value;
    }
    senders = left;
  }
}

async function* blocksOf(tasks: readonly RunningTask<ShareReport>[]): AsyncGenerator<Uint8Array> {
  for await (const { packed } of inTurn(tasks)) yield new Uint8Array(packed);
}
