import type { DataType } from "../../schema/data-type.js";
import type { AcceleratorFactory } from "./bytes-dictionary.js";
import type { KeyLane } from "./key-lane.js";
import { type KeyShape, keyShape } from "./key-shape.js";
import { LaneMaker } from "./lane-for-type.js";

/** Where the columns of a key are in its words. */
export interface KeyLayout {
  readonly lanes: readonly KeyLane[];
  /** By lane: its first word. */
  readonly offsets: readonly number[];
  /** Lanes that want to know what slots refer to. */
  readonly counting: readonly number[];
  readonly width: number;
  readonly nullBits: number;
  readonly nullWords: number;
  readonly shape: KeyShape;
}

/** The layout of keys of some types; those of beginnings share the dictionaries of `whole` keys. */
export function keyLayout(
  types: readonly DataType[],
  accelerator: AcceleratorFactory | undefined,
  whole: KeyLayout | undefined,
): KeyLayout {
  const maker = new LaneMaker(accelerator);
  const lanes = types.map((type, k) => maker.share(whole?.lanes[k]) ?? maker.lane(type));
  const offsets: number[] = [];
  let width = 0;
  for (const lane of lanes) {
    offsets.push(width);
    width += lane.width;
  }
  return {
    lanes,
    offsets,
    // the whole keys count what they refer to, and outlive their beginnings
    counting: lanes.flatMap((lane, k) => (lane.counts && whole === undefined ? [k] : [])),
    width,
    nullBits: maker.bits,
    nullWords: (maker.bits + 31) >> 5,
    shape: keyShape(width, timeWords(types, lanes, offsets)),
  };
}

/** The words of the first key that is a time or a date. */
function timeWords(
  types: readonly DataType[],
  lanes: readonly KeyLane[],
  offsets: readonly number[],
): { readonly at: number; readonly width: number } | undefined {
  const k = types.findIndex(
    ({ kind }) => kind === "timestamp" || kind === "timestamp_ntz" || kind === "date",
  );
  return k < 0 ? undefined : { at: offsets[k]!, width: lanes[k]!.width };
}
