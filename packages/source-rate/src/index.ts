export { type RateMicroBatchOptions, type RateOptions, rate, rateMicroBatch, rateSource } from "./plugin.js";
