import { defineConfig, type Options } from "tsup";
import base from "../../tsup.base.js";

export default defineConfig({ ...(base as Options), entry: ["src/main.ts"] });
