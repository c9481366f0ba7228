import type { TypeSpec } from "@ss/core";

/** What an aggregation needs of an aggregator that is code of the program. */
export interface ProgramAggregator {
  readonly input?: TypeSpec;
  readonly buffer: TypeSpec;
  readonly output: TypeSpec;
  zero(): unknown;
  reduce(buffer: unknown, input: unknown): unknown;
  merge(buffer: unknown, other: unknown): unknown;
  finish(buffer: unknown): unknown;
}
