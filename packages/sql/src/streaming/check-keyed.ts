import { type OutputMode, StreamError, TimeMode } from "@ss/core";
import { isEventTime } from "../logical/event-time-column.js";
import type { Keyed } from "../logical/keyed.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { isStreaming } from "../logical/transform.js";
import { modeName, refused } from "./refusal.js";

/** The programs over groups of a query that go together. */
export function checkPrograms(nodes: readonly Keyed[], mode: OutputMode): void {
  const groups = nodes.map((node) => node.program).filter((program) => program.kind === "groups");
  const maps = groups.filter((program) => program.single);
  const flatMaps = groups.filter((program) => !program.single);
  if (maps.length > 1) {
    throw refused("Multiple mapGroupsWithStates are not supported on a streaming DataFrames/Datasets");
  }
  if (maps.length > 0 && flatMaps.length > 0) {
    throw refused(
      "Mixing mapGroupsWithStates and flatMapGroupsWithStates are not supported on a streaming DataFrames/Datasets",
    );
  }
  const allAppend = mode === "append" && flatMaps.every((program) => program.outputMode === "append");
  if (flatMaps.length > 1 && !allAppend) {
    throw refused(
      "Multiple flatMapGroupsWithStates are not supported when they are not all in append mode or the output mode is not append on a streaming DataFrames/Datasets",
    );
  }
}

/**
 * Processors that work by event time, in a query without a watermark: their timers would never fire. Spark runs such a query, and says
 * nothing. It is enough that the query has a watermark somewhere, since every operator works by one of the query's.
 */
export function checkEventTime(nodes: readonly LogicalPlan[]): void {
  const byEventTime = (node: LogicalPlan): boolean =>
    node.kind === "keyed" &&
    node.program.kind === "processor" &&
    node.program.timeMode === TimeMode.EventTime;
  if (!nodes.some(byEventTime) || nodes.some(({ kind }) => kind === "withWatermark")) return;
  throw new StreamError({
    condition: "SS_EVENT_TIME_WITHOUT_WATERMARK",
    sqlState: "0A000",
    parameters: { operator: "transformWithState", timeMode: TimeMode.EventTime },
    message:
      "transformWithState works by TimeMode.EventTime, but the query has no watermark, so that its timers would never fire: call withWatermark(...) before groupByKey(...), or use TimeMode.ProcessingTime.",
  });
}

/** A program over groups, in the mode of the query. */
export function checkGroupsWithState(node: Keyed, mode: OutputMode, aggregated: boolean): void {
  const { children, program } = node;
  if (program.kind === "stateless") return checkGroups(children);
  const what = program.kind === "processor" ? "transformWithState" : "[flatMap|map]GroupsWithState";
  if (children[1] !== undefined && isStreaming(children[1])) {
    throw refused(
      `Non-streaming DataFrame/Dataset is not supported as the initial state in ${what} operation on a streaming DataFrame/Dataset`,
    );
  }
  if (program.kind === "processor") return;
  const { single, outputMode, timeout } = program;
  const on = "on a streaming DataFrame/Dataset";
  if (single) {
    if (mode !== "update") {
      throw refused(`mapGroupsWithState is not supported with ${modeName(mode)} output mode ${on}`);
    }
  } else if (aggregated) {
    if (outputMode === "update") {
      throw refused(`flatMapGroupsWithState in update mode is not supported with aggregation ${on}`);
    }
  } else if (outputMode !== mode) {
    throw refused(
      `flatMapGroupsWithState in ${outputMode} mode is not supported with ${modeName(mode)} output mode ${on}`,
    );
  }
  if (timeout === "EventTimeTimeout" && !outputOf(children[0]).some(isEventTime)) {
    throw refused(
      "Watermark must be specified in the query using '[Dataset/DataFrame].withWatermark()' for using event-time timeout in a [map|flatMap]GroupsWithState. Event-time timeout not supported without watermark.",
    );
  }
}

/** Programs without state see the groups of a batch; two tables are seen together only where both are whole. */
function checkGroups(children: Keyed["children"]): void {
  if (children.length > 1) throw refused("CoGrouping with a streaming DataFrame/Dataset is not supported");
}
