import type { Places, Work } from "../works/work.js";
import { type Measured, measure } from "./measured.js";

/** The program written by hand, on the thread of the process. */
export async function runNode(work: Work, { input, root }: Places): Promise<Measured> {
  return measure(async () => {
    const answer = work.byHand!(input, root);
    return async () => answer;
  });
}
