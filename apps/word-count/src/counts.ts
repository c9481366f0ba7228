import { col, type DataFrame, desc, explode, split, window } from "@ss/sql";
import type { Form } from "./flags.js";

/**
 * Counts what `split` gives as it is. `split` makes an array of each line, so this groups by whole lines: equal arrays are
 * one group.
 */
export function countArrays(lines: DataFrame): DataFrame {
  return lines
    .select(split(col("value"), "\\s").as("word"))
    .groupBy("word")
    .count();
}

/** Counts words: `explode` makes a row of each element. */
export function countWords(lines: DataFrame): DataFrame {
  return lines
    .select(explode(split(col("value"), "\\s")).as("word"))
    .groupBy("word")
    .count()
    .orderBy(desc("count"), col("word"));
}

/** Counts hashtags in windows of five minutes, by the time that a line begins with or else that of its arrival. */
export function countHashtags(lines: DataFrame): DataFrame {
  return lines
    .selectExpr(
      "coalesce(try_cast(substring_index(value, ' ', 1) AS TIMESTAMP), timestamp) AS time",
      "explode(split(value, '\\\\s')) AS hashtag",
    )
    .where("hashtag LIKE '#_%'")
    .groupBy(window("time", "5 minutes"), col("hashtag"))
    .count()
    .orderBy(col("window"), desc("count"), col("hashtag"));
}

/** The query of a form. */
export const counting: Readonly<Record<Form, (lines: DataFrame) => DataFrame>> = {
  arrays: countArrays,
  words: countWords,
  hashtags: countHashtags,
};
