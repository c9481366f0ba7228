import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Batch } from "../column/batch.js";
import { StreamError } from "../errors/stream-error.js";
import type { ScanRequest } from "../source/predicate.js";
import type { Json, Partition } from "../source/source.js";

/**
 * How a worker thread makes an object of its own that does what the original does: it imports `module` and calls what it exports as
 * `export` with `options` and a {@link WorkerContext}. Closures cannot cross threads, plain data can.
 */
export interface WorkerForm {
  /** A URL of built JavaScript; see {@link workerModule}. */
  readonly module: string;
  readonly export: string;
  /** Plain data: what holds a function is refused with SS_WORKER_FORM. */
  readonly options: Json;
}

/**
 * The reading half of a source or table, as a worker makes it of a {@link WorkerForm}. The rules for `read` are those of
 * `Source.read`; the partitions are those that `plan` gave on the driver.
 */
export interface PartitionReader {
  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch>;
  /**
   * Ends what `read` has left open, such as connections. Called once, when the query is over for which the worker made the reader, after its
   * reads. Never throws. Absent: nothing is left open.
   */
  close?(): Promise<void>;
}

/** What a worker tells the functions that it calls to make its objects: the session's settings at the time of the run. */
export interface WorkerContext {
  /** Answers any configuration key with its value or Spark's default. */
  conf(key: string): string | undefined;
  readonly timeZone: string;
  /** Takes what the user should know and what is no failure to where the session's warnings go. */
  warn(message: string): void;
}

/**
 * The URL of a built file of a package, for a {@link WorkerForm}. Undefined where the package is not there as it was published, because a
 * bundler has put its code elsewhere: the plug-in then has no worker form and runs on the driver.
 *
 * @param moduleUrl - `import.meta.url` of the module that asks.
 * @param packageName - The package that the module belongs to.
 * @param file - The file in the package's `dist`.
 */
export function workerModule(moduleUrl: string, packageName: string, file: string): string | undefined {
  const place = /^(.*)\/(?:src|dist)\//.exec(moduleUrl)?.[1];
  if (place === undefined || !place.startsWith("file:")) return undefined;
  const root = fileURLToPath(place);
  const built = `${root}/dist/${file}`;
  if (!existsSync(`${root}/package.json`) || !existsSync(built)) return undefined;
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { readonly name?: string };
  return manifest.name === packageName ? pathToFileURL(built).href : undefined;
}

type Factory<T> = (options: Json, context: WorkerContext) => T | Promise<T>;

/**
 * Makes the object that a form describes; called in a worker. SS_WORKER_FORM names a module or an export that cannot be used, or that makes an
 * object without one of `methods`.
 */
export async function rebuild<T extends object>(
  form: WorkerForm,
  context: WorkerContext,
  ...methods: readonly (keyof T & string)[]
): Promise<T> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(form.module)) as typeof module;
  } catch (cause) {
    throw unusable(form, `the module cannot be loaded: ${(cause as Error).message}`, cause);
  }
  const make = module[form.export];
  if (typeof make !== "function") throw unusable(form, "the module exports no function of that name");
  const made = await call(form, make as Factory<T>, context);
  if (made === null || typeof made !== "object") throw unusable(form, "the function gives no object");
  for (const method of methods)
    if (typeof made[method] !== "function")
      throw unusable(form, `what the function gives has no method '${method}'`);
  return made;
}

async function call<T>(form: WorkerForm, make: Factory<T>, context: WorkerContext): Promise<T> {
  try {
    return await make(form.options, context);
  } catch (cause) {
    if (StreamError.is(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unusable(form, `the function throws: ${reason}`, cause);
  }
}

/** Refuses a form that cannot be sent to a worker, before it is: SS_WORKER_FORM where its options hold something else than plain data. */
export function checkWorkerForm(form: WorkerForm): void {
  try {
    structuredClone(form.options);
  } catch (cause) {
    const reason = `its options are no plain data (${(cause as Error).message})`;
    throw unusable(form, reason, cause);
  }
}

function unusable(form: WorkerForm, reason: string, cause?: unknown): StreamError {
  return new StreamError({
    condition: "SS_WORKER_FORM",
    parameters: { module: form.module, export: form.export, reason },
    message: `A worker thread cannot make the object that '${form.export}' of ${form.module} stands for: ${reason}. Mend the worker form of the plug-in, or leave it out to run on the driver.`,
    cause,
  });
}
