import { defineConfig, type Options } from "tsup";
import base from "../../tsup.base.js";

// the stream runs in a process of its own, so that it can be killed
export default defineConfig({ ...(base as Options), entry: ["src/main.ts", "src/stream.ts"] });
