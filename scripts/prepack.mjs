// What pnpm runs in a package's folder before it packs or publishes it. A package that is not built, or has no declarations
// (which only the task `types` writes), would be packed without a word, and its users would have no types.
import { missingFromDist, readJson } from "./workspace.mjs";

const missing = missingFromDist(".");
if (missing.length > 0) {
  const others = missing.length === 1 ? "" : `, nor ${missing.length - 1} more`;
  console.error(
    `${readJson("package.json").name} has no ${missing[0]}${others}: run \`npm run build\` at the top, then pack again.`,
  );
  process.exitCode = 1;
}
