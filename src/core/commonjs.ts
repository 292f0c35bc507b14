import { createRequire } from 'node:module';

/** `require`, for what is CommonJS or JSON: @stdlib's modules, onnxruntime-node, package.json. */
export const requireCommonJs = createRequire(import.meta.url);
