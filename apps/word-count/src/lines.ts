import type { Form } from "./flags.js";

const rhyme = [
  ["the owl and the cat", "went to sea", "in a beautiful boat", "the owl and the cat"],
  ["the owl looked up", "to the stars above"],
];

const posts = [
  [
    "2024-05-01T12:00:10Z good morning #sunrise #coffee",
    "2024-05-01T12:01:30Z more #coffee please",
    "2024-05-01T12:04:59Z still #coffee",
  ],
  [
    "2024-05-01T12:05:00Z off to #work",
    "2024-05-01T12:07:20Z on the #train to #work",
    "2024-05-01T12:02:00Z this one comes late: #sunrise",
  ],
];

/** What the app's own server says, group by group. */
export const linesFor = (form: Form): readonly (readonly string[])[] => (form === "hashtags" ? posts : rhyme);
