import base from "../../tsup.base.js";

export default {
  ...base,
  entry: ["src/main.ts", "src/run-engine.ts", "src/run-measure.ts", "src/run-profile.ts", "src/startup.ts"],
};
