import { createRequire } from 'node:module';

/** Loads what Node's ES loader does not resolve: @stdlib's modules are folders of CommonJS without an export map. */
export const requireCommonJs = createRequire(import.meta.url);
