import { type FamilySpec, KeptHandle, type StatefulProcessorWithInitialState, StreamError } from "@ss/core";
import { thrownText, thrownWithType } from "../../expression/value-text.js";
import type { AnyProcessor, ProcessorProgram } from "../../logical/keyed.js";
import { ProcessorTables } from "./processor-tables.js";
import type { FamilyContext, VariableFamily } from "./variable-family.js";

/** Processors that run now. */
const running: WeakSet<AnyProcessor> = new WeakSet();

/** A processor from `init` to `close`, with its tables. */
export class ProcessorRun {
  readonly processor: AnyProcessor;
  readonly handle: KeptHandle;
  readonly tables: ProcessorTables;
  readonly families: readonly VariableFamily[];

  constructor({ create, timeMode, outputMode }: ProcessorProgram, context: FamilyContext) {
    this.processor = create();
    if (running.has(this.processor)) throw processorInUse();
    this.tables = new ProcessorTables(timeMode, outputMode, context);
    this.handle = new KeptHandle(timeMode, this.tables);
    running.add(this.processor);
    this.processor.setHandle(this.handle);
    try {
      userCall(this.processor, "init", () => this.processor.init(outputMode, timeMode));
    } catch (error) {
      this.release();
      throw error;
    }
    this.handle.state = "INITIALIZED";
    this.families = this.tables.families(this.handle.variables);
  }

  get specs(): readonly FamilySpec[] {
    return this.families.map(({ spec }) => spec);
  }

  /** Writes what the processor did to keys of the piece into the tables. */
  flush(): void {
    for (const family of this.families) family.flush();
  }

  /** What takes rows of the initial state. */
  get initial(): StatefulProcessorWithInitialState<unknown, object, object, object> {
    const { processor } = this;
    if (!("handleInitialState" in processor)) throw noInitialState();
    return processor as StatefulProcessorWithInitialState<unknown, object, object, object>;
  }

  close(): void {
    try {
      userCall(this.processor, "close", () => this.processor.close());
    } finally {
      this.release();
    }
  }

  private release(): void {
    this.handle.state = "CLOSED";
    running.delete(this.processor);
    this.processor.setHandle(undefined);
  }
}

/** What messages call a processor: by its class, if that has a name. */
export function processorName(processor: AnyProcessor): string {
  const { name } = processor.constructor;
  return name === "" ? "the StatefulProcessor" : `the StatefulProcessor ${name}`;
}

/** What a function of a processor gives; what it throws is told as its own. */
export function userCall<T>(processor: AnyProcessor, name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (StreamError.is(error)) throw error;
    const reason = thrownText(error);
    throw new StreamError({
      condition: "TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR",
      sqlState: "39000",
      parameters: { function: name, reason },
      message: `An error occurred in the user-defined function ${name} of ${processorName(processor)}. Reason: ${thrownWithType(error)}.`,
      cause: error,
    });
  }
}

function processorInUse(): StreamError {
  return new StreamError({
    condition: "SS_PROCESSOR_IN_USE",
    message:
      "This StatefulProcessor runs already, in another query or at another place of this one: give transformWithState a function that makes one, as in transformWithState(() => new Count(), ...).",
  });
}

function noInitialState(): StreamError {
  return new StreamError({
    condition: "SS_PROCESSOR_WITHOUT_INITIAL_STATE",
    message:
      "transformWithState was given an initial state, but its processor does not take one: extend StatefulProcessorWithInitialState.",
  });
}
