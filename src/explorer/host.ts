import { sha256 as digest } from '@noble/hashes/sha2.js';
import { all, create } from 'mathjs';
import type * as node from '../core/host.js';

// What src/core/host.ts does with Node, for the browser: scripts/explorer.js puts this module in its place.

const bundled: Readonly<Record<string, unknown>> = { mathjs: { all, create } };

export const requireCommonJs = ((name: string): unknown => {
  if (!Object.hasOwn(bundled, name))
    throw new Error(`the explorer's bundle has no ${name} (src/explorer/host.ts)`);
  return bundled[name];
}) as typeof node.requireCommonJs;

export const sha256: typeof node.sha256 = (text) => digest(new TextEncoder().encode(text));

/** What a browser tells of the machine's memory, or 4 GiB. */
export const availableMemory: typeof node.availableMemory = () =>
  2 ** 30 * ((navigator as Navigator & { deviceMemory?: number }).deviceMemory ?? 4);
