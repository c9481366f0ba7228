import { defineConfig, type Options } from "tsup";
import base from "../../tsup.base.js";

// worker threads have an entry of their own, which they load by its URL
export default defineConfig({ ...(base as Options), entry: ["src/index.ts", "src/worker.ts"] });
