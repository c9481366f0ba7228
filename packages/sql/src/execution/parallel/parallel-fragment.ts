import { checkWorkerForm, type Partition, type ScanRequest, unpackColumns, type WorkerForm } from "@ss/core";
import type { FunctionRegistry } from "../../functions/registry.js";
import type { PhysicalPlan, ScanPlan } from "../../physical/plan.js";
import type { BuildSettings } from "../build.js";
import type { Run } from "../operator.js";
import { scanOf, scansOf } from "./fragment.js";
import type { OpenFragment, PackedRows, RowDivision } from "./messages.js";
import { NotPortable, toPortable } from "./portable.js";
import type { WorkerPool } from "./worker-pool.js";

/** What a session with several threads lends to the plans that it runs. */
export interface Parallelism {
  readonly pool: WorkerPool;
  readonly functions: FunctionRegistry;
  /** What was set in the session. */
  readonly conf: () => Readonly<Record<string, string>>;
}

/** Parts into which an input is gathered for each worker: some, so that one that is slower does not keep all waiting. */
const PARTS_PER_WORKER = 3;

/** A part of a plan that the workers of a session run, some partitions of its input at a time. */
export class ParallelFragment {
  /** Why it runs on the driver, in the words of `explain`; undefined while nothing speaks against the workers. */
  refusal: string | undefined;
  private readonly id: number;
  private readonly kind: string;
  private readonly plan: unknown;
  /** How workers make the functions of plug-ins that the plan calls. */
  private readonly functions: WorkerForm[] = [];
  private readonly scans: readonly ScanPlan[];
  /** The one that is split. */
  private readonly scan: ScanPlan;
  /** The read by whose partitions its work is divided. */
  readonly splitting: number;
  private readonly settings: BuildSettings;
  private readonly parallelism: Parallelism;
  private opened: OpenFragment | undefined;

  /** `splitting` is the read by whose partitions the plan's work is divided. */
  constructor(plan: PhysicalPlan, splitting: number, settings: BuildSettings, parallelism: Parallelism) {
    this.settings = settings;
    this.parallelism = parallelism;
    this.splitting = splitting;
    this.scans = scansOf(plan);
    this.scan = scanOf(plan, splitting);
    this.kind = plan.kind === "aggregate" ? "Partial aggregation" : "Rows";
    this.id = parallelism.pool.nextId();
    try {
      this.plan = toPortable(withoutReads(plan), parallelism.functions, this.functions);
    } catch (error) {
      if (!(error instanceof NotPortable)) throw error;
      this.refusal = error.message;
    }
  }

  /**
   * The rows over these partitions of the splitting read, by the workers, a part a task; undefined where the driver has to do it, because the plan or an
   * input cannot leave it. In pieces: one a time, or one for every owner where a division is given.
   */
  async run(
    run: Run,
    parts: readonly (readonly Partition[])[],
    division?: RowDivision,
  ): Promise<AsyncIterable<readonly PackedRows[]> | undefined> {
    if (this.refusal !== undefined) return undefined;
    const fragment = this.opened ?? this.open(run);
    if (fragment === undefined) return undefined;
    const others = this.scans.filter((scan) => scan.read.readId !== this.splitting);
    const tables = await Promise.all(
      others.map(async (scan) => {
        const { readId } = scan.read;
        const partitions = await run.input(readId).partitions(scanRequest(scan));
        return { readId, partitions, version: run.tables?.versionOf(readId) };
      }),
    );
    return this.parallelism.pool.run({
      fragment,
      nowMs: run.nowMs(),
      parts,
      tables,
      division,
      signal: run.signal,
      onMalformed: async ({ packed, rowCount }) => {
        const columns = unpackColumns(packed, run.stream!.malformedTypes!, rowCount);
        await run.stream!.reportMalformed({ columns, rowCount });
      },
      onDone: (inputRows, eventTimes) => {
        run.countInput(this.splitting, inputRows);
        for (const [index, times] of eventTimes) run.stream?.addEventTimes(index, times);
      },
    });
  }

  /** Neighbouring partitions together, in so few parts that each worker still finds some. */
  gathered(partitions: readonly Partition[]): readonly (readonly Partition[])[] {
    const count = Math.min(partitions.length, this.parallelism.pool.size * PARTS_PER_WORKER);
    return Array.from({ length: count }, (_, k) => {
      const edge = (at: number): number => Math.floor((at * partitions.length) / count);
      return partitions.slice(edge(k), edge(k + 1));
    });
  }

  /** The partitions of the splitting read. */
  partitions(run: Run): Promise<readonly Partition[]> {
    return run.input(this.splitting).partitions(scanRequest(this.scan));
  }

  /** Who runs it, for `explain`; `workerOf` tells the worker forms of its inputs. */
  text(workerOf: (readId: number) => WorkerForm | undefined): string {
    const what = `${this.kind} over the partitions of ${this.scan.read.format}`;
    const reason = this.reasonAgainst(workerOf);
    if (reason !== undefined) return `${what}: on the driver, because ${reason}`;
    return `${what}: on ${this.parallelism.pool.size} workers, if there are two or more`;
  }

  /** Why it runs on the driver; undefined if workers can run it. */
  reasonAgainst(workerOf: (readId: number) => WorkerForm | undefined): string | undefined {
    const driverOnly = this.scans.find(({ read }) => workerOf(read.readId) === undefined);
    return this.refusal ?? (driverOnly && withoutForm(driverOnly));
  }

  close(): void {
    if (this.opened) this.parallelism.pool.closeFragment(this.id);
  }

  private open(run: Run): OpenFragment | undefined {
    const readers: [number, WorkerForm, string][] = [];
    for (const scan of this.scans) {
      const form = run.input(scan.read.readId).worker;
      if (form === undefined) {
        this.refusal = withoutForm(scan);
        return undefined;
      }
      readers.push([scan.read.readId, form, scan.read.format]);
    }
    for (const form of [...readers.map(([, form]) => form), ...this.functions]) checkWorkerForm(form);
    const { ansi, timeZone, external } = this.settings;
    const settings = { ansi, timeZone, external, conf: this.parallelism.conf() };
    this.opened = {
      kind: "open",
      fragmentId: this.id,
      plan: this.plan,
      functions: this.functions,
      settings,
      readers,
    };
    return this.opened;
  }
}

/** What a scan asks of its input. */
export function scanRequest(scan: ScanPlan): ScanRequest {
  return { columns: scan.output.map((column) => column.name), predicates: scan.predicates };
}

function withoutForm({ read }: ScanPlan): string {
  return `the source ${read.format} has no worker form`;
}

/** A plan whose reads are no more than their numbers and names: workers get their readers apart. */
function withoutReads<P extends PhysicalPlan>(plan: P): P {
  if (plan.kind === "scan") return { ...plan, read: { readId: plan.read.readId, format: plan.read.format } };
  if (plan.kind === "join")
    return { ...plan, left: withoutReads(plan.left), right: withoutReads(plan.right) };
  return "child" in plan ? { ...plan, child: withoutReads(plan.child) } : plan;
}
