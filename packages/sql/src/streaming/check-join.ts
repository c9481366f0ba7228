import type { OutputMode, StreamError } from "@ss/core";
import { joinEnds } from "../logical/join-bounds.js";
import type { Join, JoinType } from "../logical/plan.js";
import { isStreaming } from "../logical/transform.js";
import { modeName, refused } from "./refusal.js";

const JOIN_NAMES: Readonly<Record<JoinType, string>> = {
  inner: "Inner",
  cross: "Cross",
  left: "LeftOuter",
  right: "RightOuter",
  full: "FullOuter",
  leftSemi: "LeftSemi",
  leftAnti: "LeftAnti",
  existence: "ExistenceJoin",
  leftSingle: "LeftSingle",
};

/** The joins that a stream takes part in. */
export function checkJoin(node: Join, mode: OutputMode): void {
  const left = isStreaming(node.left);
  const right = isStreaming(node.right);
  const name = JOIN_NAMES[node.type];
  if (left && right) return checkStreamJoin(node, mode);
  if (node.type === "full") {
    const [here, there] = left ? ["left", "right"] : ["right", "left"];
    throw refused(
      `FullOuter joins with streaming DataFrames/Datasets on the ${here} and a static DataFrame/Dataset on the ${there} is not supported`,
    );
  }
  if (right && node.type === "leftAnti") {
    throw refused("LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported");
  }
  if (right && (node.type === "left" || node.type === "leftSemi")) {
    throw refused(
      `${name} join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported`,
    );
  }
  if (left && node.type === "right") {
    throw refused(
      "RightOuter join with a streaming DataFrame/Dataset on the left and a static DataFrame/DataSet on the right not supported",
    );
  }
}

/** A join of two streams: which modes it runs in, and whether its state has an end where it needs one. */
function checkStreamJoin(node: Join, mode: OutputMode): void {
  const name = JOIN_NAMES[node.type];
  const where = (modes: string): StreamError =>
    refused(
      `${name} join between two streaming DataFrames/Datasets is not supported in ${modeName(mode)} output mode, only in ${modes}`,
    );
  switch (node.type) {
    case "inner":
    case "cross":
      if (mode === "complete") throw where("Append and Update output modes");
      return;
    case "leftSemi":
      if (mode === "complete") throw where("Append and Update output modes");
      break;
    case "left":
    case "right":
    case "full":
      if (mode !== "append") throw where("Append output mode");
      break;
    case "leftAnti":
      throw refused("LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported");
    default:
      throw refused(`Join type ${name} is not supported with streaming DataFrame/Dataset`);
  }
  const ends = joinEnds(node);
  if (node.type === "right" ? ends.right : node.type === "full" ? ends.left || ends.right : ends.left) return;
  throw refused(
    `Stream-stream ${name} join between two streaming DataFrame/Datasets is not supported without a watermark in the join keys, or a watermark on the nullable side and an appropriate range condition`,
  );
}
