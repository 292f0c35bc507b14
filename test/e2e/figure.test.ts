import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { emptyFolder, iterand, start } from './cli.js';

test('a figure at scale smoke: killed and given again it goes on, and its page says what is missing', async () => {
  const [runs, out] = [join(emptyFolder('figure'), 'runs'), emptyFolder('pages')];
  const where = ['figure', '2', '--scale', 'smoke', '--runs', runs, '--out', out];
  const command = [...where, '--only', 'network=conv2,width=0.0625,seed=1', '--threads', '1'];
  const results = () =>
    existsSync(runs)
      ? readdirSync(runs)
          .map((name) => join(runs, name, 'seed-1/result.json'))
          .filter((path) => existsSync(path))
      : [];
  const { child, ended } = start(command);
  while (results().length === 0 && child.exitCode === null) await sleep(20);
  child.kill('SIGKILL');
  await ended;
  const [first, ...others] = results();
  expect(others.length).toBeLessThan(4);
  const { mtimeMs } = statSync(first!);

  const again = await iterand(command);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).toContain('Page: ');
  expect(results()).toHaveLength(5);
  expect(statSync(first!).mtimeMs).toBe(mtimeMs);
  const page = readFileSync(join(out, 'figure2-smoke/index.html'), 'utf8');
  expect(page).toContain('5 of 40 runs');
  const data = readFileSync(join(out, 'figure2-smoke/data/runs.json'), 'utf8');
  expect(JSON.parse(data).runs).toHaveLength(5);

  // Made again from what is there, the page is the same.
  expect((await iterand([...where, '--page'])).code).toBe(0);
  expect(readFileSync(join(out, 'figure2-smoke/index.html'), 'utf8')).toBe(page);
}, 400_000);
