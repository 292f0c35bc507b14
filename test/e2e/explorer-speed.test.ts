import { expect, it } from 'vitest';
import { describeExplorer, observed, settled, small } from '../support/explorer.js';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Time by the clock and of the processor, in microseconds. */
  readonly dur: number;
  readonly tdur: number;
  readonly args: { readonly name?: string };
}

/** Tasks of the page's main thread, in milliseconds of the processor. */
function tasksOf(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(thread),
  );
  return traceEvents
    .filter((event) => event.name === 'RunTask' && event.ph === 'X' && main.has(thread(event)))
    .map(({ tdur }) => tdur / 1000);
}

describeExplorer('the explorer', (explorer) => {
  // By the clock, other work of a busy machine would count too: a task is long by its own time on the processor, or by the clock
  // where the machine is idle. The best of three, for what shares a core's cache slows a task as well.
  it('no task of the page is longer than 50 ms while it simulates and computes bounds', async () => {
    let long: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const page = await explorer.open({ ...small, trials: '1000000' });
      await page.evaluate('long.length = 0');
      await explorer.browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
      await page.locator('#simulate').click();
      await page.waitForFunction(
        `/of [\\d,]+ trials/.test(document.querySelector('#trials-text').textContent)`,
      );
      await page.locator('#epsilon-slider').press('ArrowRight');
      await page.waitForFunction(`location.hash.includes('epsilon=0.15&')`);
      await settled(page);
      await page.waitForTimeout(1500);
      const tasks = tasksOf(await explorer.browser.stopTracing());
      expect(await page.locator('#simulate').textContent()).toBe('Stop');
      expect(tasks.length).toBeGreaterThan(50);
      expect(Math.max(...tasks)).toBeGreaterThan(1);
      const seen = await observed(page, 'long');
      long = tasks.filter((time) => time > 50);
      await page.context().close();
      if (seen.length === 0 || long.length === 0) return;
    }
    expect(long).toEqual([]);
  });
});
