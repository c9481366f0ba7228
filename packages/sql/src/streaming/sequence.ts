import { type Source, StreamError } from "@ss/core";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf } from "../logical/transform.js";
import { isSequentialUnion } from "./check-sequence.js";
import { sequencedSource } from "./sequenced-source.js";

/** The sources of a plan, those of its sequential unions made to wait for one another. */
export function sequenced(
  plan: LogicalPlan,
  sources: ReadonlyMap<number, Source>,
): ReadonlyMap<number, Source> {
  const places = placesOf(plan);
  const sequences = new Map<string, Sequence>();
  const wrapped = [...sources].map(([readId, source]): [number, Source] => {
    const place = places.get(readId);
    if (place === undefined || place === ALONE) return [readId, source];
    const name = JSON.stringify(place.sequence);
    const sequence = sequences.get(name) ?? new Sequence(place.sequence);
    sequences.set(name, sequence);
    return [readId, sequence.source(readId, source, place.index)];
  });
  return new Map(wrapped);
}

/** Of a sequence the ids of its reads, stream by stream, and which of the streams a read belongs to. */
interface Place {
  readonly sequence: readonly (readonly number[])[];
  readonly index: number;
}

const ALONE = "alone";

/** Where the reads of a plan stand. */
function placesOf(plan: LogicalPlan): ReadonlyMap<number, Place | typeof ALONE> {
  const places = new Map<number, Place | typeof ALONE>();
  const note = (readId: number, place: Place | typeof ALONE): void => {
    const before = places.get(readId) ?? place;
    if (JSON.stringify(before) !== JSON.stringify(place)) throw readTwice();
    places.set(readId, place);
  };
  const visit = (node: LogicalPlan): void => {
    if (isSequentialUnion(node)) {
      const sequence = node.children.map((child) => streamsOf(child));
      sequence.forEach((readIds, index) => {
        for (const readId of readIds) note(readId, { sequence, index });
      });
    } else if (node.kind === "source" && node.read.streaming) note(node.read.readId, ALONE);
    else childrenOf(node).forEach(visit);
  };
  visit(plan);
  return places;
}

function streamsOf(plan: LogicalPlan): number[] {
  if (plan.kind === "source") return plan.read.streaming ? [plan.read.readId] : [];
  return [...new Set(childrenOf(plan).flatMap(streamsOf))];
}

/** Streams that are read one after the other in a run. */
class Sequence {
  /** By stream, the reads that have not ended. */
  private readonly running: readonly Set<number>[];

  constructor(readIds: readonly (readonly number[])[]) {
    this.running = readIds.map((ids) => new Set(ids));
  }

  source(readId: number, source: Source, index: number): Source {
    const begins = (): boolean => this.running.slice(0, index).every((ids) => ids.size === 0);
    if (index === this.running.length - 1) return sequencedSource(source, { begins });
    return sequencedSource(source, { begins, ends: () => void this.running[index]!.delete(readId) });
  }
}

function readTwice(): StreamError {
  return new StreamError({
    condition: "SS_STREAM_IN_SEQUENCE_TWICE",
    sqlState: "42601",
    parameters: {},
    message:
      "A stream that stands in a sequence (followedBy) cannot stand in another place of the same query: it would have to wait there too. " +
      "Read its source once more for each place.",
  });
}
