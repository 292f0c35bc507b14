import type * as Vitest from 'vitest';

/** What the laws are stated with. */
export type Harness = Pick<typeof Vitest, 'afterEach' | 'describe' | 'expect' | 'test'>;

/** Vitest's own; `npm run gpu:check` is no run of vitest, and puts its harness here before it loads the laws (bench/gpu/law-harness.ts). */
const { iterandLawHarness } = globalThis as { iterandLawHarness?: Harness };

export const { afterEach, describe, expect, test } = iterandLawHarness ?? (await import('vitest'));
