import { expect, it } from 'vitest';
import { formatNumber } from '../../src/core/format.js';
import { DEFAULTS, encodeState, fields, type State } from '../../src/explorer/state.js';
import { formatFailure } from '../../src/report/format.js';
import { boundByName } from '../../src/theory/bounds/index.js';
import { boundsTable } from '../../src/theory/bounds/table.js';
import { uniform } from '../../src/theory/problem/distribution.js';
import { makeTarget } from '../../src/theory/problem/target.js';
import { constructionFor, exactProbability } from '../../src/theory/search/construction.js';
import { strategyNames } from '../../src/theory/search/strategies/index.js';
import { constructionSuccessRate } from '../../src/theory/simulate/montecarlo.js';
import { describeExplorer, observed, settled, small, textOf, trialsDone } from '../support/explorer.js';
import { iterand } from './cli.js';

const problem = { widths: [5, 3, 2], epsilon: 0.1, delta: 0.01, resamplings: 40 };

describeExplorer('the explorer', (explorer) => {
  it.each([
    [1280, 'light'],
    [360, 'dark'],
  ] as const)('shows the library’s numbers at %i px, %s', async (width, scheme) => {
    const page = await explorer.open(small, width, scheme);
    const construction = constructionFor(problem, boundByName('corrected'), uniform(1));
    const exact = exactProbability(construction, makeTarget('gaussian', problem.widths, 1));
    expect(await textOf(page, 'headline')).toContain(`fails with probability ${formatFailure(exact)},`);
    const rows = await page.locator('#bounds-rows tr').allInnerTexts();
    const { bounds, lower } = boundsTable(problem, uniform(1), { recursion: true });
    expect(rows.length).toBe(bounds.length + lower.length);
    for (const [k, { name, layers }] of bounds.entries()) {
      expect(rows[k]).toContain(name);
      expect(rows[k]).toContain(layers.map((layer) => formatNumber(layer.width)).join(', '));
    }
    for (const [k, bound] of lower.entries())
      expect(rows[bounds.length + k]).toContain(`at least ${formatNumber(bound.width)}`);
    expect(await page.locator('#curve svg, #bounds svg').count()).toBe(2);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      scheme === 'dark' ? 'rgb(21, 23, 26)' : 'rgb(253, 253, 251)',
    );
    expect(explorer.errors).toEqual([]);
    await page.context().close();
  });

  it('offers every strategy and every field a label', async () => {
    const page = await explorer.open('');
    expect(
      await page.locator('#strategy option').evaluateAll((all) => all.map((o) => o.textContent)),
    ).toEqual([...strategyNames]);
    const unnamed = await page.evaluate(`[...document.querySelectorAll('input, select, button, progress')]
      .filter((e) => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent)).map((e) => e.id)`);
    expect(unnamed).toEqual([]);
    const described = await page.evaluate(`[...document.querySelectorAll('[aria-describedby]')]
      .flatMap((e) => e.getAttribute('aria-describedby').split(' ')).filter((id) => !document.getElementById(id))`);
    expect(described).toEqual([]);
    await page.context().close();
  });

  it('by keyboard alone: a slider, a field and the trials, in the order of the page', async () => {
    const page = await explorer.open(small, 360);
    const focused = () => page.evaluate('document.activeElement.id') as Promise<string>;
    const tabTo = async (id: string) => {
      for (let k = 0; k < 60 && (await focused()) !== id; k++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(id);
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      // The headline stays on top and must not cover it.
      const [top, headline] = (await page.evaluate(
        `[document.activeElement, document.querySelector('#headline')].map((e, k) => e.getBoundingClientRect()[k === 0 ? 'top' : 'bottom'])`,
      )) as [number, number];
      expect(top).toBeGreaterThanOrEqual(headline);
    };
    const backTo = async (id: string) => {
      for (let k = 0; k < 60 && (await focused()) !== id; k++) await page.keyboard.press('Shift+Tab');
      await tabTo(id);
    };
    await tabTo('layers');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(`location.hash.includes('widths=5,2&')`);
    await tabTo('epsilon-slider');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(`location.hash.includes('epsilon=0.15&')`);
    expect(await page.locator('#epsilon').inputValue()).toBe('0.15');
    await tabTo('resamplings');
    await backTo('layers');
    await tabTo('resamplings');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('7');
    await page.waitForFunction(`location.hash.includes('resamplings=7&')`);
    await settled(page);
    await tabTo('simulate');
    await page.keyboard.press('Enter');
    await trialsDone(page);
    const construction = constructionFor(
      { widths: [5, 2], epsilon: 0.15, delta: 0.01, resamplings: 7 },
      boundByName('corrected'),
      uniform(1),
    );
    const options = { trials: 300, seed: 1, alpha: 1e-3 };
    const target = makeTarget('gaussian', [5, 2], 1);
    const { successes } = await constructionSuccessRate(construction, target, 'outcome', options);
    expect(await textOf(page, 'trials-text')).toContain(`${300 - successes} of 300 trials failed`);
    expect(explorer.errors).toEqual([]);
    await page.context().close();
  });

  it('a link gives back every field, and the numbers', async () => {
    const state: State = {
      widths: '4,3',
      epsilon: '0.25',
      delta: '0.05',
      resamplings: '12',
      distribution: 'uniform:1.5',
      strategy: 'product',
      bound: 'paper',
      factor: '0.01',
      target: 'sparse',
      weight: '-0.35',
      trials: '50',
      seed: '7',
    };
    const first = await explorer.open('');
    await first.evaluate(`location.hash = ${JSON.stringify(encodeState(state))}`);
    await first.waitForFunction(`document.querySelector('#seed').value === '7'`);
    await first.locator('#copy').click();
    const link = first.url();
    await first.context().close();
    const page = await explorer.open('');
    await page.goto('about:blank');
    await page.goto(link);
    await settled(page);
    for (const field of fields)
      if (field !== 'widths') expect(await page.locator(`#${field}`).inputValue()).toBe(state[field]);
    expect(
      await page
        .locator('#widths input[type=text]')
        .evaluateAll((all) => all.map((i) => (i as unknown as { value: string }).value)),
    ).toEqual(['4', '3']);
    expect(await textOf(page, 'command')).toContain('--widths 4,3 --epsilon 0.25');
    expect(await page.evaluate('location.hash')).toBe(`#${encodeState(state)}`);
    await page.context().close();
  });

  it('the command that it names prints the same trials', async () => {
    const page = await explorer.open({ ...small, strategy: 'product', factor: '0.5', trials: '40' });
    await page.locator('#simulate').click();
    await trialsDone(page);
    const args = (await textOf(page, 'command')).split(' ').slice(2);
    const { stdout, code, stderr } = await iterand([...args, '--workers', '1', '--json']);
    expect(code, stderr).toBe(0);
    const { successes } = JSON.parse(stdout) as { successes: number };
    expect(await textOf(page, 'trials-text')).toContain(`${40 - successes} of 40 trials failed`);
    await page.context().close();
  });

  it('shows what is wrong with an input in its place, and mends itself', async () => {
    const page = await explorer.open(small);
    await page.locator('#delta').fill('1.5');
    await page.waitForFunction(`document.querySelector('#delta-error').textContent !== ''`);
    expect(await textOf(page, 'delta-error')).toBe(
      'delta 1.5: must lie strictly between 0 and 1; pass delta such as 0.01.',
    );
    expect(await page.locator('#delta').getAttribute('aria-invalid')).toBe('true');
    expect(await textOf(page, 'headline')).toContain('Nothing is computed');
    await page.locator('#delta').fill('0.1');
    await page.waitForFunction(`document.querySelector('#delta-error').textContent === ''`);
    expect(await page.locator('#delta').getAttribute('aria-invalid')).toBeNull();
    expect(await textOf(page, 'headline')).toContain('δ = 0.1');
    await page.context().close();
  });

  it.each([
    ['#dleta=0.5', "did you mean 'delta'"],
    ['#delta=0.5&delta=0.4', 'two values'],
  ])('a damaged link, %s, is named and the defaults shown', async (hash, message) => {
    const page = await explorer.open('');
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.waitForFunction(`document.querySelector('#link-error').textContent !== ''`);
    expect(await textOf(page, 'link-error')).toContain(message);
    expect(await page.locator('#delta').inputValue()).toBe(DEFAULTS.delta);
    await page.context().close();
  });

  it('a fault of the page is told until the next question', async () => {
    const page = await explorer.open(small);
    // What a worker says that broke, as the page hears it.
    await page.evaluate(`workers.at(-1).onmessage({ data: { kind: 'broken', message: 'made up' } })`);
    expect(await textOf(page, 'link-error')).toBe('The page is at fault: made up');
    await page.locator('#delta').fill('0.02');
    await page.waitForFunction(`document.querySelector('#link-error').textContent === ''`);
    await settled(page);
    expect(await textOf(page, 'headline')).toContain('δ = 0.02');
    expect(await textOf(page, 'link-error')).toBe('');
    await page.context().close();
  });

  it('a link of one width is complained of, and a layer can be added', async () => {
    const page = await explorer.open({ ...small, widths: '7' });
    expect(await textOf(page, 'widths-error')).toContain('widths 7');
    await page.locator('#layers').fill('2');
    await page.waitForFunction(`location.hash.includes('widths=7,7,7&')`);
    await settled(page);
    expect(await textOf(page, 'widths-error')).toBe('');
    expect(explorer.errors).toEqual([]);
    await page.context().close();
  });

  it.each([1280, 360])('nothing moves while it computes, at %i px', async (width) => {
    const page = await explorer.open(small, width);
    await page.locator('#simulate').click();
    await trialsDone(page);
    await page.locator('#resamplings').fill('20');
    await page.waitForFunction(`location.hash.includes('resamplings=20&')`);
    await settled(page);
    // Longer than what counts as a consequence of an input.
    await page.waitForTimeout(700);
    expect(await observed(page, 'shifts')).toEqual([]);
    await page.context().close();
  });
});
