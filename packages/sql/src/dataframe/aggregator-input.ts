import { type DataType, typeFrom } from "@ss/core";
import type { ProgramAggregator } from "../functions/aggregate/program/program-aggregator.js";

/** The name that an aggregator goes by: that of its class. */
export function aggregatorName(aggregator: object): string {
  const { name } = aggregator.constructor;
  return name === "" || name === "Object" ? "aggregator" : name;
}

/** The type that an aggregator declares for its inputs. */
export function inputTypeOf(aggregator: ProgramAggregator): DataType | undefined {
  return aggregator.input === undefined ? undefined : typeFrom(aggregator.input);
}
