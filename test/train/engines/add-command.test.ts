import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addCommand } from '../../../src/train/engines/add-command.js';

const root = mkdtempSync(join(tmpdir(), 'iterand-add-'));
/** Where iterand lies below `path`, which is a project if it has a package.json. */
const installed = (path: string, project: boolean) => {
  const home = join(root, path, 'node_modules/iterand');
  mkdirSync(home, { recursive: true });
  if (project) writeFileSync(join(root, path, 'package.json'), '{}');
  return home;
};

describe('the command that adds a package', () => {
  test('is plain inside the project that iterand is installed in', () => {
    const home = installed('project', true);
    for (const from of ['project', 'project/deep/er'])
      expect(addCommand('x@1', { home, from: join(root, from) })).toBe('npm install --ignore-scripts x@1');
  });

  test('names the project from outside of it', () => {
    const home = installed('elsewhere', true);
    expect(addCommand('x@1', { home, from: root })).toBe(
      `npm install --prefix "${join(root, 'elsewhere')}" --ignore-scripts x@1`,
    );
  });

  test('is global where iterand is', () => {
    const home = installed('lib', false);
    expect(addCommand('x@1', { home, from: root })).toBe('npm install --global --ignore-scripts x@1');
  });

  test('is pnpm in a project of pnpm', () => {
    const home = installed('p/node_modules/.pnpm/iterand@1.0.0', false);
    expect(addCommand('x@1', { home, from: root })).toBe('pnpm add x@1');
  });

  test('installs the dependencies of a clone, or adds what is none of them without changing them', () => {
    const home = join(root, 'clone');
    expect(addCommand('x@1', { home, from: root, ofClone: true })).toBe(`npm install --prefix "${home}"`);
    expect(addCommand('x@1 y@2', { home, from: root })).toBe(
      `npm install --prefix "${home}" --no-save --save-prod --ignore-scripts x@1 y@2`,
    );
    expect(addCommand('x@1', { home, from: home, scripts: true })).toBe(
      'npm install --no-save --save-prod --ignore-scripts=false x@1',
    );
  });
});
