import { processAllAvailable } from "@ss/testkit";
import { expect, test } from "vitest";
import { StatefulProcessor, TimeMode } from "../../../src/index.js";
import { Stage } from "./stage.js";

const TIMES: Readonly<Record<string, number>> = { a: 1e15, b: 2e15 };

/** Registers timers for small letters and deletes them for capital ones; shows what is left where a row has no letters. */
class Switches extends StatefulProcessor<string, { letters: string }, { k: string; timers: string }> {
  override *handleInputRows(
    k: string,
    rows: Iterable<{ letters: string }>,
  ): Iterable<{ k: string; timers: string }> {
    const handle = this.getHandle();
    for (const { letters } of rows) {
      for (const letter of letters) {
        const timeMs = TIMES[letter.toLowerCase()]!;
        if (letter === letter.toLowerCase()) handle.registerTimer(timeMs);
        else handle.deleteTimer(timeMs);
      }
      if (letters === "") yield { k, timers: [...handle.listTimers()].join(" ") };
    }
  }
}

const LETTERS = ["a", "b", "A", "B"];
/** All words of four letters. */
const WORDS = LETTERS.flatMap((one) =>
  LETTERS.flatMap((two) => LETTERS.flatMap((three) => LETTERS.map((four) => one + two + three + four))),
);

/** Of timers that are registered and deleted in turn, those whose last call registered them. */
function left(word: string): string {
  const timers = Object.keys(TIMES).filter((letter) => {
    const capital = letter.toUpperCase();
    return word.lastIndexOf(letter) > word.lastIndexOf(capital);
  });
  return timers.map((letter) => TIMES[letter]!).join(" ");
}

test("of timers that are registered and deleted in one call the last word on each counts, before it and in the next batch", async () => {
  const stage = await Stage.set();
  const frame = stage
    .input("k STRING, letters STRING")
    .groupByKey("k")
    .transformWithState(() => new Switches(), {
      output: { k: "string", timers: "string" },
      outputMode: "append",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    frame,
    "append",
    stage.add(...WORDS.map((word) => [word, word])),
    processAllAvailable(),
    // the other way round, upon what is there
    stage.add(...WORDS.map((word) => [word, [...word].reverse().join("")])),
    processAllAvailable(),
    stage.add(...WORDS.map((word) => [word, ""])),
    processAllAvailable(),
  );
  const found = new Map(stage.sink.table().map(([k, timers]) => [String(k), String(timers)]));
  expect(found.size).toBe(WORDS.length);
  for (const word of WORDS) {
    expect(found.get(word), word).toBe(left(word + [...word].reverse().join("")));
  }
});
