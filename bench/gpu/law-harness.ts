import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect';
import { afterEach, describe, startTests, type Test, test, type VitestRunner } from '@vitest/runner';
import { getTestName, getTests } from '@vitest/runner/utils';
import fc from 'fast-check';
import type { Harness } from '../../test/train/engines/laws/harness.js';
import { countLaws, type LawFound, type LawsFound } from './laws.js';

/** A law that does not end is given up, ms. */
const LONGEST = 300_000;

/**
 * Carries laws out by vitest's runner and assertions alone, without vitest, which needs more than a bundle holds.
 *
 * @param state states them, once the harness is in its place
 * @param only of those whose names hold this text; undefined: all
 * @param told of each law once it was held
 */
export async function holdLaws(
  state: () => Promise<void>,
  only?: string,
  told: (found: LawFound) => void = () => {},
): Promise<LawsFound> {
  for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
  const expect = Object.assign(
    (value: unknown, message?: string) => chai.expect(value, message),
    chai.expect,
    (globalThis as never)[ASYMMETRIC_MATCHERS_OBJECT],
  );
  const harness = { afterEach, describe, expect, test } as unknown as Harness;
  Object.assign(globalThis, { iterandLawHarness: harness });
  // As test/setup.ts has it: what is broken is broken again.
  fc.configureGlobal({ seed: 20211 });
  const runner: VitestRunner = {
    config: {
      ...{ root: '/', setupFiles: [], name: undefined, passWithNoTests: true, allowOnly: false },
      ...{ testNamePattern: undefined, includeTaskLocation: false, chaiConfig: undefined },
      ...{ maxConcurrency: 1, testTimeout: LONGEST, hookTimeout: LONGEST, retry: 0 },
      ...{ tags: [], tagsFilter: undefined, strictTags: false },
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
    },
    importFile: state,
    onBeforeRunTask(law) {
      if (only !== undefined && !getTestName(law).includes(only)) law.mode = 'skip';
    },
    onAfterRunTask: (law) => told(foundOf(law)),
  };
  const files = await startTests(['laws'], runner);
  const broken = files.flatMap(({ result }) => result?.errors ?? []).map(({ message }) => message);
  const laws = getTests(files).filter(({ result }) => result?.state === 'pass' || result?.state === 'fail');
  return countLaws(laws.map(foundOf), broken);
}

function foundOf(test: Test): LawFound {
  const law = getTestName(test);
  if (test.result?.state === 'pass') return { law };
  return { law, broken: test.result?.errors?.[0]?.message.split('\n')[0] ?? 'it fails' };
}
