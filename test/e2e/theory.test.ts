import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/theory/claims/claim.js';
import { file, folder, iterand, json } from './shipped.js';

describe('bounds', () => {
  it('gives 67820 and 680 for Theorem 4.1, 67814 and 754 for the corrected one', async () => {
    const found = (await json(
      'bounds',
      ...['--widths', '1,1', '--epsilon', '0.1', '--delta', '0.01', '--resamplings', '1,10'],
    )) as { results: { resamplings: number; bounds: { name: string; layers: { width: number }[] }[] }[] };
    const widths = (name: string) =>
      found.results.map(({ bounds }) => bounds.find((b) => b.name === name)!.layers[0]!.width);
    expect(found.results.map(({ resamplings }) => resamplings)).toEqual([1, 10]);
    expect(widths('paper')).toEqual([67820, 680]);
    expect(widths('corrected')).toEqual([67814, 754]);
  });

  it('gives the theorem under re-sampling, what is necessary, and where nothing is proved', async () => {
    const problem = [
      '--widths',
      '784,300,100,10',
      '--epsilon',
      '0.1',
      '--delta',
      '0.01',
      '--resamplings',
      '10,1000',
    ];
    type Named = { name: string; warning?: string; layers: { neurons?: number }[]; width: number };
    const find = async (...more: string[]) =>
      (await json('bounds', ...problem, '--no-recursion', ...more)) as {
        results: { bounds: Named[]; lower: Named[] }[];
      };
    const { results } = await find();
    const neurons = (k: number) =>
      results[k]!.bounds.find(({ name }) => name === 'resampled')!.layers.map((layer) => layer.neurons);
    expect([neurons(0), neurons(1)]).toEqual([
      [26, 25, 24],
      [3, 3, 3],
    ]);
    expect(results[0]!.lower.map(({ name }) => name)).toEqual(['universal']);
    const other = (await find('--distribution', 'normal:1')).results[0]!.bounds;
    expect(other.find(({ name }) => name === 'corrected')!.warning).toMatch('mass');
    expect(other.find(({ name }) => name === 'resampled')!.warning).toBeUndefined();
    expect(other.some(({ name }) => name === 'best')).toBe(false);
  });

  it('takes a formula, and prints a table', async () => {
    const { code, stdout } = await iterand(
      ...['bounds', '--widths', '1,1', '--epsilon', '0.1', '--delta', '0.01', '--formula', 'd0 + 41 dout'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/formula +42\n/);
    expect(stdout).toMatch(/paper +67,820\n/);
  });
});

describe('simulate', () => {
  const large = [
    '--widths',
    '784,300,100,10',
    '--epsilon',
    '0.1',
    '--delta',
    '0.01',
    '--resamplings',
    '1000',
  ];
  it('784-300-100-10 at the corrected widths succeeds 20 times of 20, whatever the number of workers', async () => {
    const args = ['simulate', ...large, '--bound', 'corrected', '--trials', '20', '--json'];
    const [one, two] = await Promise.all([
      iterand(...args, '--workers', '1'),
      iterand(...args, '--workers', '2'),
    ]);
    expect(JSON.parse(one.stdout)).toMatchObject({ successes: 20, trials: 20, verdict: 'consistent' });
    expect(two.stdout).toBe(one.stdout);
    expect(one.code).toBe(0);
  });

  it('refutes Proposition 4.3 at w = 1, R = 2: 0.01128 > 0.01', async () => {
    const found = (await json(
      ...['simulate', '--weight', '1', '--epsilon', '0.1', '--delta', '0.01', '--resamplings', '2'],
      ...['--bound', 'proposition-4.3', '--trials', '1000'],
    )) as { exact: { failure: number }; verdict: string };
    expect(found.exact.failure).toBeCloseTo(0.011284510422541083, 12);
    expect(found.verdict).toBe('violated');
  });

  it('draws block by block for sums over neurons, at the widths of the theorem under re-sampling', async () => {
    const args = [
      ...['simulate', '--weight', '-0.7', '--epsilon', '0.01', '--delta', '0.1', '--resamplings', '8'],
      ...['--strategy', 'subset-sum-fixed', '--trials', '300'],
    ];
    const found = (await json(...args)) as Record<string, unknown> & { rate: number };
    expect(found).toMatchObject({ strategy: 'subset-sum-fixed', simulator: 'blocks', bound: 'resampled' });
    expect(found).not.toHaveProperty('exact');
    // The theorem promises 0.9: below 0.8 in 300 trials has probability below 1e-6.
    expect(found.rate).toBeGreaterThan(0.8);
    const inLaw = await iterand(...args, '--simulator', 'outcome');
    expect(inLaw.code).toBe(2);
    expect(inLaw.stderr).toContain("the simulator 'outcome': is known for the strategy 'projection' alone");
  });

  it('reads a target from a file, rescaled on request', async () => {
    const target = file('big.json', JSON.stringify({ matrices: [[[3, 4]], [[0.5]]] }));
    const args = ['--target', target, '--epsilon', '1', '--delta', '0.1', '--trials', '5'];
    const refused = await iterand('simulate', ...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/Frobenius norm 5.*--rescale/);
    const found = (await json('simulate', ...args, '--rescale')) as { widths: number[]; successes: number };
    expect(found.widths).toEqual([2, 1, 1]);
  });
});

describe('law', () => {
  it('is the same for any number of workers, and prints what it found', async () => {
    const args = ['law', '--t', '0.1,0.03', '--resamplings', '4,16,8', '--trials', '60'];
    const [one, two, text] = await Promise.all([
      iterand(...args, '--json', '--workers', '1'),
      iterand(...args, '--json', '--workers', '2'),
      iterand(...args),
    ]);
    expect(two.stdout).toBe(one.stdout);
    const { points } = JSON.parse(one.stdout) as { points: { tolerance: number; resamplings: number }[] };
    expect(points.map(({ tolerance, resamplings }) => `${resamplings} ${tolerance}`)).toEqual([
      ...['4 0.1', '4 0.03', '8 0.1', '8 0.03', '16 0.1', '16 0.03'],
    ]);
    expect(text.stdout).toMatch(/t = 0.03, R = 8\n.*projection +[\d,]+ \(exact\)/);
    expect(text.stdout).toMatch(/subset-sum +.* neurons per factor e of 1\/t at R = 16; counting 0\.2058/);
  });

  it.each([
    [['--t', '1e-9'], '--t 1e-9: must be a number in [0.000001, 0.3333333333333333]'],
    [['--resamplings', '1.5'], '--resamplings 1.5: must be an integer from 1 to 1000'],
    [['--trials', '1'], '--trials 1'],
  ])('%o is refused', async (args, message) => {
    const { code, stderr, stdout } = await iterand('law', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.split('\n')).toHaveLength(2);
  });
});

describe('search and check-instance', () => {
  const problem = ['--widths', '3,2,2', '--epsilon', '1', '--delta', '0.1', '--resamplings', '60'];
  it.each(['product', 'subset-sum-fixed', 'subset-sum'])(
    '%s is named by its file, and found again',
    async (strategy) => {
      const path = join(folder, `${strategy}.json`);
      const small = ['--widths', '3,2,2', '--epsilon', '1', '--delta', '0.1', '--resamplings', '20'];
      const searched = await json('search', ...small, '--strategy', strategy, '--out', path);
      expect(searched).toMatchObject({ success: true, failures: 0, undecided: [], strategy });
      expect(await json('check-instance', path)).toEqual(searched);
    },
  );

  it('an anytime search is for sums alone, and states what it leaves open', async () => {
    const one = ['--weight', '0.3', '--epsilon', '1e-15', '--delta', '0.1', '--resamplings', '60'];
    const refused = await iterand('search', ...one, '--strategy', 'product', '--anytime', '10');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--anytime: means nothing for the strategy 'product'");
    const sums = ['--strategy', 'subset-sum', '--hidden', '40', '--tolerance', '1e-300'];
    const path = join(folder, 'open.json');
    const searched = await json('search', ...one, ...sums, '--anytime', '100000', '--out', path);
    expect(searched).toMatchObject({ success: false, failures: 2, undecided: [{ lower: 0 }, { lower: 0 }] });
    expect(await json('check-instance', path)).toEqual(searched);
  });

  it.each(['found.json', 'found.safetensors'])(
    '%s is written, read back, and refused when damaged',
    async (name) => {
      const path = join(folder, name);
      const searched = await json('search', ...problem, '--out', path);
      expect(searched).toMatchObject({ success: true, failures: 0 });
      expect(await json('check-instance', path)).toEqual(searched);
      const bytes = readFileSync(path);
      for (const [what, damaged] of [
        ['cut', bytes.subarray(0, bytes.length - 20)],
        ['empty', bytes.subarray(0, 0)],
        ['flipped', flipNear(bytes, bytes.length - 12)],
        ['other', Buffer.from('{}')],
      ] as const) {
        const bad = file(`${what}-${name}`, damaged);
        const { code, stdout, stderr } = await iterand('check-instance', bad);
        expect({ what, code, stdout }).toEqual({ what, code: 2, stdout: '' });
        expect(stderr).toContain(bad);
        expect(stderr.trim().split('\n').length).toBe(1);
      }
    },
  );
});

describe('verify', () => {
  it('refutes Proposition 4.3 in both readings and finds the corrected theorem consistent', async () => {
    const ledger = (await json('verify', '--seed', '1')) as Ledger;
    const claim = (id: string) => ledger.claims.find((c) => c.id === id)!;
    expect(claim('prop-4.3-construction').verdict).toBe('refuted');
    expect(claim('prop-4.3-existence').verdict).toBe('refuted');
    expect(claim('corrected-theorem').verdict).toBe('consistent');
    expect(claim('lemma-4.2').verdict).toBe('holds');
    // The numbers of the counterexamples: exact, and an interval that excludes delta.
    expect(claim('prop-4.3-construction').numbers[0]!.value).toBeCloseTo(0.011284510422541083, 12);
    const [, exact, simulated] = claim('prop-4.3-existence').numbers;
    expect(exact!.value).toBeGreaterThan(0.0017);
    expect(exact!.value).toBeLessThan(0.0019);
    expect(simulated!.interval!.low).toBeGreaterThan(0.001);
    for (const { id, verdict, counterexample, command } of ledger.claims) {
      expect(command).toMatch(/^npx iterand /);
      expect({ id, given: counterexample !== undefined }).toEqual({ id, given: verdict === 'refuted' });
    }
    expect(
      ledger.claims.flatMap(({ numbers }) => numbers.filter((n) => n.interval !== undefined)).length,
    ).toBe(ledger.intervals);
  }, 180_000);

  it('decides one claim alone, in text', async () => {
    const { code, stdout } = await iterand('verify', '--claim', 'eq-8');
    expect(code).toBe(0);
    expect(stdout).toMatch(/holds/);
  });
});

describe('the package', () => {
  it('loads by import and by require', async () => {
    const name = 'iterand/theory';
    const imported = (await import(name)) as typeof import('../../src/theory/index.js');
    const required = createRequire(import.meta.url)(name) as typeof imported;
    for (const theory of [imported, required]) {
      const problem = { widths: [1, 1], epsilon: 0.1, delta: 0.01, resamplings: 10 };
      expect(theory.corrected.layers(problem)[0]!.width).toBe(754);
      expect(() => theory.requireProblem({ ...problem, delta: 2 })).toThrow(theory.InputError);
    }
  });

  it('gives the same numbers for any number of workers', async () => {
    const name = 'iterand/theory';
    const theory = (await import(name)) as typeof import('../../src/theory/index.js');
    const problem = { widths: [2, 2], epsilon: 1, delta: 0.3, resamplings: 20 };
    const construction = theory.constructionFor(problem, theory.corrected, theory.uniform(1), {
      tolerance: 0.4,
    });
    const target = theory.makeTarget('gaussian', problem.widths, 1);
    const runs = await Promise.all(
      [1, 2, 3].flatMap((workers) => [
        theory.constructionSuccessRate(construction, target, 'draws', {
          trials: 300,
          seed: 4,
          alpha: 0.01,
          workers,
        }),
        theory.constructionSuccessRate(construction, target, 'outcome', {
          trials: 777,
          seed: 4,
          alpha: 0.01,
          workers,
        }),
        theory.existenceSuccessRate(0.3, 4, { trials: 5500, seed: 4, alpha: 0.01, workers }),
      ]),
    );
    for (const k of [0, 1, 2])
      for (const other of [k + 3, k + 6]) expect(JSON.stringify(runs[other])).toBe(JSON.stringify(runs[k]));
  });
});

/** One byte of a digit or letter at or before `at` replaced by another of its kind, so that the file still parses. */
function flipNear(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  if (copy[0] === 0x7b) {
    while (copy[at]! < 0x31 || copy[at]! > 0x38) at--;
    copy[at]! += 1;
  } else copy[at]! ^= 1;
  return copy;
}
