/**
 * Properties are tried on the same values each time, so that what fails is the change at hand and not the day's luck.
 * To look further: `SEED=$RANDOM npm test`, with more of some of them by `RUNS=5000`.
 */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.SEED ?? 20261122) });
