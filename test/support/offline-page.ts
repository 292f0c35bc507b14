import type { Browser, Page } from 'playwright-core';

/** A new page without a network, and what goes wrong on it: errors and warnings of its console, and requests for what is not a file. */
export async function offlinePage(
  browser: Browser,
  width: number,
  colorScheme: 'light' | 'dark',
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, offline: true });
  const page = await context.newPage();
  // A browser on a machine full of other work: the limit of the test alone counts.
  page.setDefaultTimeout(0);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) errors.push(`asked for ${request.url()}`);
  });
  return { page, errors };
}
