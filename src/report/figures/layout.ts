import type { Data, Layout } from 'plotly.js-dist';

/** One axis of a panel. */
export interface Axis {
  readonly title: string;
  readonly log?: boolean;
  /** Ends in data units. */
  readonly range?: readonly [number, number];
  /** `integer`: whole numbers alone, which needs the range. */
  readonly ticks?: 'percent' | 'integer';
  /** Names at 1, 2, ... in place of numbers. */
  readonly labels?: readonly string[];
}

/** The layout every panel shares; colours are the style sheet's variables. */
export function panelLayout(x: Axis, y: Axis): Partial<Layout> {
  return {
    font: {
      family: 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif',
      size: 13,
      color: '$ink',
    },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    margin: { l: 58, r: 20, t: 14, b: 46 },
    showlegend: false,
    dragmode: false,
    hovermode: 'closest',
    hoverlabel: { bgcolor: '$page', bordercolor: '$muted', font: { color: '$ink' } },
    xaxis: axis(x),
    yaxis: axis(y),
  };
}

function axis({
  title,
  log = false,
  range,
  ticks,
  labels,
}: Axis): NonNullable<Layout['xaxis'] & Layout['yaxis']> {
  return {
    title: { text: title, standoff: 8 },
    type: log ? 'log' : 'linear',
    ...(range === undefined ? {} : { range: log ? range.map(Math.log10) : [...range] }),
    ...(ticks === 'percent' ? { tickformat: '.0%' } : {}),
    ...(ticks === 'integer' && range !== undefined ? wholeTicks(range) : {}),
    ...(labels === undefined ? {} : { tickvals: labels.map((_, i) => i + 1), ticktext: [...labels] }),
    ...(log ? { dtick: 1, exponentformat: 'power' } : {}),
    gridcolor: '$grid',
    linecolor: '$muted',
    tickcolor: '$muted',
    zeroline: false,
    showline: true,
    ticks: 'outside',
    ticklen: 4,
    fixedrange: true,
    automargin: true,
  } as NonNullable<Layout['xaxis'] & Layout['yaxis']>;
}

/** At most nine ticks, at whole numbers. */
function wholeTicks([low, high]: readonly [number, number]) {
  return {
    tickmode: 'linear',
    tick0: Math.ceil(low),
    dtick: Math.max(1, Math.ceil((high - low) / 8)),
    tickformat: 'd',
  } as const;
}

/** A curve. */
export function line(
  x: readonly number[],
  y: readonly number[],
  colour: string,
  hover: string,
  more: { dash?: 'solid' | 'dash' | 'dot'; width?: number; step?: boolean } = {},
): Data {
  return {
    type: 'scatter',
    mode: 'lines',
    x: [...x],
    y: [...y],
    line: {
      color: colour,
      width: more.width ?? 2,
      dash: more.dash ?? 'solid',
      shape: more.step === true ? 'hv' : 'linear',
    },
    hovertemplate: `${hover}<extra></extra>`,
  };
}

/** An estimate with its interval; `value` absent where only a bracket is known. */
export interface Estimate {
  readonly x: number;
  readonly value?: number;
  readonly low: number;
  readonly high: number;
}

/** Estimates with their intervals; a bracket without a value is drawn from its middle (geometric on a log axis). */
export function estimates(points: readonly Estimate[], colour: string, hover: string): Data {
  const y = points.map(({ value, low, high }) => value ?? Math.sqrt(low * high));
  return {
    type: 'scatter',
    mode: 'markers',
    x: points.map((p) => p.x),
    y,
    customdata: points.map(({ low, high }) => [low, high]),
    marker: { color: colour, size: points.some((p) => p.value === undefined) ? 1 : 7 },
    error_y: {
      type: 'data',
      symmetric: false,
      array: points.map((p, i) => p.high - y[i]!),
      arrayminus: points.map((p, i) => y[i]! - p.low),
      color: colour,
      thickness: 1.8,
      width: 5,
    },
    hovertemplate: `${hover}<extra></extra>`,
  } as Data;
}

/** Estimates for a log axis that ends at `floor`: what lies below it, 0 too, is drawn just outside; those wholly below are left out. */
export function aboveFloor(points: readonly Required<Estimate>[], floor: number): Required<Estimate>[] {
  return points
    .filter(({ high }) => high > floor)
    .map(({ x, value, low, high }) => ({
      x,
      value: Math.max(value, floor / 10),
      low: Math.max(low, floor / 10),
      high,
    }));
}

/** A dashed line across the panel, with its name above its right or its left end. */
export function level(
  layout: Partial<Layout>,
  y: number,
  name: string,
  place: 'above right' | 'above left',
): Partial<Layout> {
  const log = layout.yaxis?.type === 'log';
  const right = place === 'above right';
  return {
    ...layout,
    shapes: [
      {
        type: 'line',
        xref: 'paper',
        x0: 0,
        x1: 1,
        y0: y,
        y1: y,
        line: { color: '$bad', width: 1.5, dash: 'dash' },
      },
    ],
    annotations: [
      {
        xref: 'paper',
        x: right ? 1 : 0.01,
        xanchor: right ? 'right' : 'left',
        y: log ? Math.log10(y) : y,
        yanchor: 'bottom',
        text: name,
        showarrow: false,
        font: { color: '$bad', size: 12 },
      },
    ],
  };
}
