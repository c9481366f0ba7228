import base from "../../tsup.base.js";

export default {
  ...base,
  entry: ["src/main.ts", "src/run-engine.ts", "src/responsiveness.ts", "src/startup.ts"],
};
