import base from "../../tsup.base.js";

export default {
  ...base,
  entry: { main: "src/main.ts", "kill-child": "src/kill/child.ts", "read-rows": "src/source/read-rows.ts" },
};
