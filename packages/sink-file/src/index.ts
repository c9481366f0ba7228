export { fileSink } from "./plugin.js";
export { fileSinkProvider } from "./provider.js";
