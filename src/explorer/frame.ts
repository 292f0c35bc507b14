/** What is drawn of one bound: its name and D_1. */
export interface WidthMark {
  readonly name: string;
  readonly width: number;
  /** The paper's, proved here, an order of growth, or necessary. */
  readonly kind: 'paper' | 'ours' | 'order' | 'lower';
}

const paints = { paper: 'paper', ours: 'corrected', order: 'muted', lower: 'bad' } as const;

/** The colour of a bound. */
export const paint = ({ kind }: WidthMark): string => `var(--${paints[kind]})`;

/** Lines of the grid. */
export const grid = { stroke: 'var(--grid)', strokeOpacity: 1 };

/** What the charts share: the size of their place, so that nothing moves when one is drawn. */
export const frame = (at: HTMLElement) => ({
  width: at.clientWidth,
  height: at.clientHeight,
  marginTop: 26,
  marginRight: 14,
  marginBottom: 40,
  style: {
    font: "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
    color: 'var(--muted)',
    background: 'none',
    overflow: 'visible',
  },
});
