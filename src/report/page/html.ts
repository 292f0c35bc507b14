/** Markup that is safe to put on a page. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

/** A template of markup: interpolated strings and numbers are escaped, {@link Html} goes in as it is. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Html {
  let markup = parts[0]!;
  for (const [i, value] of values.entries()) markup += render(value) + parts[i + 1]!;
  return { markup };
}

/** Markup from a trusted source, such as the page's own style sheet. */
export const raw = (markup: string): Html => ({ markup });

/** JSON that may stand inside a script element. */
export const inlineJson = (value: unknown, digits?: number): Html =>
  raw(
    JSON.stringify(value, (_key, v) =>
      digits && typeof v === 'number' ? Number(v.toPrecision(digits)) : v,
    ).replaceAll('<', '\\u003c'),
  );

function render(value: Part): string {
  if (typeof value === 'object')
    return 'markup' in value ? value.markup : value.map((v) => v.markup).join('');
  return String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** What a reader sees of the markup, for plain-text alternatives. */
export const plainText = ({ markup }: Html): string =>
  markup
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
