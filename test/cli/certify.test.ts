import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder } from '../e2e/cli.js';
import { captured } from './captured.js';

let folder = '';
let found = '';

/** What `search` saves under the name. */
async function saved(name: string, ...args: string[]): Promise<string> {
  const file = join(folder, name);
  const { code, stderr } = await captured(['search', '--delta', '0.1', '--out', file, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return file;
}

const wide = ['--widths', '3,4,2', '--epsilon', '1', '--resamplings', '200'];

beforeAll(async () => {
  folder = emptyFolder('certify');
  found = await saved('found.json', ...wide);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The search that was found with its content changed, sealed anew. */
function sealed(name: string, change: (content: Record<string, unknown>) => void, from = found): string {
  const { sha256: _, ...content } = JSON.parse(readFileSync(from, 'utf8')) as Record<string, unknown>;
  change(content);
  const sha256 = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const out = join(folder, name);
  writeFileSync(out, JSON.stringify({ ...content, sha256 }));
  return out;
}

describe('certify on a saved search', () => {
  it('prints lower <= upper <= the bound of the proof, and who reached each', async () => {
    for (const file of [found, await saved('found.safetensors', ...wide)]) {
      const { code, stdout, stderr } = await captured(['certify', file, '--gap', '0.05', '--json']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const bracket = JSON.parse(stdout);
      expect(bracket.lower).toBeGreaterThan(0);
      expect(bracket.lower).toBeLessThanOrEqual(bracket.upper);
      expect(bracket.upper).toBeLessThanOrEqual(bracket.proof);
      expect(bracket).toMatchObject({ widths: [3, 4, 2], success: true, epsilon: 1, claim: 'holds' });
      expect(bracket.stopped).toBe('gap');
      expect(bracket.gap).toBeLessThanOrEqual(0.05);
      const names = bracket.uppers.map(({ name }: { name: string }) => name);
      expect(names).toEqual(['proof', 'interval', 'differential', 'spectral', 'linear', 'branch and bound']);
    }
    const { code, stdout } = await captured(['certify', found]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ <= sup \|\|f - g_M\|\|_2 <= \S+ <= \S+, by the proof/);
    expect(stdout).toMatch(/lower end by .*, upper end by branch and bound; relative gap 0\.00/);
    expect(stdout).toMatch(/claim: g_M is within epsilon 1 of f: holds/);
  });

  it('takes every strategy', async () => {
    for (const strategy of ['product', 'subset-sum-fixed', 'subset-sum']) {
      const args = ['--widths', '2,2', '--epsilon', '0.3', '--resamplings', '4', '--strategy', strategy];
      const { code, stdout } = await captured([
        'certify',
        await saved(`${strategy}.json`, ...args),
        '--json',
      ]);
      expect({ strategy, code }).toEqual({ strategy, code: 0 });
      expect(JSON.parse(stdout)).toMatchObject({
        success: true,
        claim: 'holds',
        stopped: 'exact',
        gap: expect.any(Number),
      });
      expect(JSON.parse(stdout).gap).toBeLessThan(1e-9);
    }
  });

  it('gives the same bracket for the same seed', async () => {
    const run = async () => {
      const { stdout } = await captured(['certify', found, '--seed', '7', '--seconds', '1000', '--json']);
      return { ...JSON.parse(stdout), seconds: 0 };
    };
    expect(await run()).toEqual(await run());
  });

  it('exits with 1 where the file claims what is false', async () => {
    // Every entry is served within the tolerance, which is far too wide for epsilon.
    const args = [
      '--weight',
      '1',
      '--epsilon',
      '0.001',
      '--resamplings',
      '20',
      '--tolerance',
      '1',
      '--hidden',
      '200',
    ];
    const { code, stdout } = await captured(['certify', await saved('wide.json', ...args)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/claim: g_M is within epsilon 0\.001 of f: false/);
    const other = sealed('other.json', (content) => {
      content.success = false;
    });
    const claimed = await captured(['certify', other]);
    expect({ code: claimed.code, stdout: claimed.stdout }).toEqual({ code: 1, stdout: '' });
    expect(claimed.stderr).toMatch(/^iterand: instance file .*other\.json: has another outcome.*\n$/);
  });

  it('decides nothing where epsilon lies inside the bracket', async () => {
    const { lower, upper } = JSON.parse(
      (await captured(['certify', found, '--gap', '0.3', '--json'])).stdout,
    );
    const inside = sealed('inside.json', (content) => {
      content.epsilon = (lower + upper) / 2;
    });
    const { code, stdout } = await captured(['certify', inside, '--gap', '0.3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/of f: undecided/);
  });

  it('claims nothing for a search that failed', async () => {
    const file = await saved('failed.json', '--widths', '3,2', '--epsilon', '0.1', '--hidden', '6');
    const { code, stdout } = await captured(['certify', file, '--json']);
    expect(code).toBe(0);
    const bracket = JSON.parse(stdout);
    expect(bracket).toMatchObject({ success: false, claim: 'none', stopped: 'exact' });
    expect(bracket.proof).toBeUndefined();
    expect(bracket.lower).toBeLessThanOrEqual(bracket.upper);
  });

  it('two equal networks, with and without an epsilon', async () => {
    const zero = join(folder, 'zero.json');
    writeFileSync(zero, '{"matrices": [[[0, 0]], [[0]]]}');
    const sums = ['--target', zero, '--epsilon', '0.5', '--strategy', 'subset-sum-fixed'];
    const file = await saved('same.json', ...sums);
    const bare = sealed('bare.json', (content) => delete content.epsilon, file);
    for (const [path, claimed] of [
      [file, 'epsilon 0.5'],
      [bare, "the proof's"],
    ] as const) {
      const { code, stdout, stderr } = await captured(['certify', path]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^ {2}0 <= sup \|\|f - g_M\|\|_2 <= /m);
      expect(stdout).toMatch(new RegExp(`claim: g_M is within ${claimed}.* of f: holds`));
    }
  });

  it('reads what earlier versions saved: the claim is the bound of the proof', async () => {
    for (const kind of ['json', 'safetensors']) {
      const { code, stdout } = await captured(['certify', `test/fixtures/instances/version-1.${kind}`]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/claim: g_M is within the proof's \S+ of f: holds/);
    }
  });
});

describe('bad input: exit 2 and one line', () => {
  const damaged = () => {
    const file = join(folder, 'damaged.json');
    writeFileSync(file, readFileSync(found, 'utf8').replace('"failures":0', '"failures":1'));
    return file;
  };
  it.each([
    ['a missing file', () => ['none.json'], 'none.json'],
    ['a damaged file', () => [damaged()], 'checksum'],
    ['a gap of 1', () => [found, '--gap', '1'], '--gap 1'],
    ['no time', () => [found, '--seconds', '0'], '--seconds 0'],
    ['a negative seed', () => [found, '--seed', '-1'], '--seed -1'],
  ])('%s', async (_what, args, named) => {
    const { code, stdout, stderr } = await captured(['certify', ...args()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(named);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
