import { defineConfig, type Options } from "tsup";

const options: Options = {
  entry: ["src/index.ts"],
  format: ["esm"],
  target: "node20",
  sourcemap: true,
  // Declarations come from tsc (the package's "types" script): one file per source file, no bundling.
  dts: false,
  clean: ["!**/*.d.ts"],
  silent: true,
  tsconfig: "tsconfig.json",
};

export default defineConfig(options);
