import type { FamilySpec } from "@ss/core";
import type { ExternalOptions } from "../expression/external-value.js";
import type { AggregatePlan, PhysicalPlan } from "../physical/plan.js";
import { nodeText } from "../physical/text.js";
import { DirectInput, type GroupInput, SplitInput } from "./aggregate/group-input.js";
import { GroupState } from "./aggregate/group-state.js";
import type { Stage } from "./codegen/stage.js";
import type { StageSettings } from "./codegen/stage-writer.js";
import type { Operator } from "./operator.js";
import { AggregateOperator } from "./operators/aggregate.js";
import { ColumnCallsOperator } from "./operators/column-calls.js";
import { DeduplicateOperator } from "./operators/deduplicate.js";
import { ExpandOperator } from "./operators/expand.js";
import { GatherOperator } from "./operators/gather.js";
import { GenerateOperator } from "./operators/generate.js";
import { GroupsOperator } from "./operators/groups.js";
import { GroupsWithStateOperator } from "./operators/groups-with-state.js";
import { JoinOperator } from "./operators/join.js";
import { LateRowsOperator } from "./operators/late-rows.js";
import { LimitOperator, StatefulLimitOperator } from "./operators/limit.js";
import { MapRowsOperator } from "./operators/map-rows.js";
import { ObserveOperator } from "./operators/observe.js";
import { HeldRows, RecursionOperator, RecursionRowsOperator } from "./operators/recursion.js";
import { RangeOperator, RowsOperator } from "./operators/rows.js";
import { SampleOperator } from "./operators/sample.js";
import { ScanOperator } from "./operators/scan.js";
import { SessionAggregateOperator } from "./operators/session-aggregate.js";
import { SetOperator, UnionOperator } from "./operators/set.js";
import { SortOperator } from "./operators/sort.js";
import { StageOperator } from "./operators/stage.js";
import { StatefulAggregateOperator } from "./operators/stateful-aggregate.js";
import { StatefulSessionOperator } from "./operators/stateful-session.js";
import { StreamJoinOperator } from "./operators/stream-join.js";
import { TransformWithStateOperator } from "./operators/transform-with-state.js";
import { WatermarkOperator } from "./operators/watermark.js";
import { WindowOperator } from "./operators/window.js";
import { hasPartials, programCode, scanOf, splittingRead } from "./parallel/fragment.js";
import { FragmentSet } from "./parallel/fragment-set.js";
import type { Parallelism } from "./parallel/parallel-fragment.js";
import { SessionRowsInput } from "./session/session-rows-input.js";
import { SessionState } from "./session/session-state.js";
import type { TimedOperator } from "./stream-run.js";

/** Settings of a session that operators need. */
export interface BuildSettings extends StageSettings {
  readonly external: ExternalOptions;
  /** Whether `flatMapGroupsWithState` leaves keys alone that have an initial state and no rows. */
  readonly skipsInitialKeys?: boolean | undefined;
  /** Present where the session has several threads. */
  readonly parallelism?: Parallelism | undefined;
}

/** Operators of a plan, and what a run has to know about them. */
export interface Built {
  readonly root: Operator;
  /** State that the plan keeps, in the order of operator ids. Processors begin when it is first asked for. */
  readonly families: readonly FamilySpec[];
  /** Operators that wait for times by the clock. */
  readonly timed: readonly TimedOperator[];
  /** Generated stages, for `explain("codegen")`. */
  readonly stages: readonly Stage[];
  /** Parts that workers run, where the session has workers. */
  readonly fragments: FragmentSet;
  /** Ends what runs beside the operators, and processors of the user's. */
  close(): void;
}

/** Makes the operators of a plan. They may run many times, one run at a time. */
export function buildOperators(plan: PhysicalPlan, settings: BuildSettings): Built {
  const families: (FamilySpec | (() => readonly FamilySpec[]))[] = [];
  const processors: TransformWithStateOperator[] = [];
  const stages: Stage[] = [];
  const timed: TimedOperator[] = [];
  const fragments = new FragmentSet(settings);
  const recursions = new Map<number, HeldRows>();
  const { ansi } = settings;
  /** A part of the plan: taken from the workers as a whole where it can be split. */
  const build = (node: PhysicalPlan): Operator => {
    const read = splittingRead(node);
    const fragment = read === undefined ? undefined : fragments.add(node, read);
    return fragment === undefined ? buildHere(node) : new GatherOperator(buildHere(node), fragment);
  };
  const groupInput = (node: AggregatePlan): GroupInput => {
    const refusal = programCode(node);
    if (refusal !== undefined && !node.stateful) fragments.keep("Aggregation", refusal);
    // rows still come from the workers where aggregators of the program take them
    const read = hasPartials(node) && refusal === undefined ? splittingRead(node.child) : undefined;
    if (read === undefined) return new DirectInput(node, build(node.child), ansi);
    const { stateful: _stateful, ...partial } = node;
    const scan = scanOf(node.child, read);
    return new SplitInput(node, buildHere(node.child), scan, fragments.add(partial, read), ansi);
  };
  /** Makes an operator and, below it, all that are split along with it. */
  const buildHere = (node: PhysicalPlan): Operator => {
    // within a part that is split as a whole the workers run everything below too
    const below = splittingRead(node) === undefined ? build : buildHere;
    switch (node.kind) {
      case "scan":
        return new ScanOperator(node);
      case "rows":
        return new RowsOperator(node);
      case "range":
        return new RangeOperator(node);
      case "stage": {
        const operator = new StageOperator(node, below(node.child), settings);
        stages.push(operator.stage);
        return operator;
      }
      case "columnCalls":
        return new ColumnCallsOperator(node, below(node.child), settings);
      case "generate":
        return new GenerateOperator(node, below(node.child), settings);
      case "aggregate": {
        const { keys, parts } = node;
        const hasSessions = keys.some((key) => key.isSession);
        if (hasSessions && !node.stateful && !hasPartials(node)) {
          return new AggregateOperator(node, new SessionRowsInput(node, build(node.child)), ansi);
        }
        const input = groupInput(node);
        if (!node.stateful) {
          return hasSessions
            ? new SessionAggregateOperator(node, input, ansi)
            : new AggregateOperator(node, input, ansi);
        }
        const plan = { keys, parts, operatorId: node.stateful.operatorId };
        if (hasSessions) {
          const state = new SessionState(plan, ansi);
          families.push(state.spec);
          return new StatefulSessionOperator(node, input, state, ansi);
        }
        const state = new GroupState(plan, ansi);
        const split = input instanceof SplitInput ? input : undefined;
        const divided = fragments.addState({
          operator: "aggregate",
          plan,
          ansi,
          spec: state.spec,
          holder: nodeText(node),
          input: split,
          refusal: programCode(node),
        });
        families.push(state.spec);
        return new StatefulAggregateOperator(node.output, input, state, divided);
      }
      case "deduplicate": {
        const operator = new DeduplicateOperator(node, build(node.child));
        families.push(operator.family);
        return operator;
      }
      case "mapRows":
        return new MapRowsOperator(node, build(node.child), settings.external);
      case "keyed": {
        const children = node.children.map((child) => build(child));
        if (node.program.kind === "processor") {
          const operator = new TransformWithStateOperator(node, children, settings.external);
          families.push(() => operator.families);
          processors.push(operator);
          if (node.stateful) timed.push(operator);
          return operator;
        }
        if (node.program.kind === "stateless") return new GroupsOperator(node, children, settings.external);
        const skips = settings.skipsInitialKeys === true;
        const operator = new GroupsWithStateOperator(node, children, settings.external, skips);
        if (operator.family !== undefined) {
          families.push(operator.family);
          timed.push(operator);
        }
        return operator;
      }
      case "join":
        return new JoinOperator(node, below(node.left), below(node.right), settings);
      case "streamJoin": {
        const operator = new StreamJoinOperator(node, build(node.left), build(node.right), settings);
        families.push(...operator.families);
        return operator;
      }
      case "sort":
        return new SortOperator(node, below(node.child));
      case "limit": {
        const child = below(node.child);
        if (!node.stateful) return new LimitOperator(node, child);
        const operator = new StatefulLimitOperator(node, node.stateful.operatorId, child);
        families.push(operator.family);
        return operator;
      }
      case "union":
        return new UnionOperator(node, node.children.map(build));
      case "recursion": {
        const held = new HeldRows();
        const anchor = build(node.children[0]);
        recursions.set(node.recursionId, held);
        return new RecursionOperator(node, anchor, build(node.children[1]), held);
      }
      case "recursionRows":
        return new RecursionRowsOperator(node, recursions.get(node.recursionId)!);
      case "set":
        return new SetOperator(node, below(node.left), below(node.right));
      case "expand":
        return new ExpandOperator(node, below(node.child), settings);
      case "window":
        return new WindowOperator(node, below(node.child), settings);
      case "sample":
        return new SampleOperator(node, below(node.child));
      case "watermark":
        return new WatermarkOperator(node, below(node.child));
      case "lateRows":
        return new LateRowsOperator(node, below(node.child), settings);
      case "observe":
        return new ObserveOperator(node, below(node.child), settings, settings.external);
    }
  };
  return {
    root: build(plan),
    get families() {
      try {
        return families.flatMap((family) => (typeof family === "function" ? family() : [family]));
      } catch (error) {
        // one of several processors did not begin: those before it end
        closeAll(processors);
        throw error;
      }
    },
    timed,
    stages,
    fragments,
    close: () => {
      fragments.close();
      closeAll(processors);
    },
  };
}

/** Closes each of them, and throws what the first that failed threw. */
function closeAll(processors: readonly { close(): void }[]): void {
  const [first, ...rest] = processors;
  if (first === undefined) return;
  try {
    first.close();
  } finally {
    closeAll(rest);
  }
}
