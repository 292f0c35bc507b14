import type { Data, Layout } from 'plotly.js-dist';
import type { Html } from './html.js';

/** One plot. A colour written `$name` is the style sheet's `--name`, so that it follows the theme. */
export interface Panel {
  readonly title?: Html;
  readonly data: readonly Data[];
  readonly layout: Partial<Layout>;
}

/** How a legend entry looks in the plot. */
export type Mark = 'line' | 'dashed' | 'dotted' | 'point' | 'dot' | 'area';

/** A figure: panels side by side where there is room, under one legend. */
export interface Figure {
  readonly legend: readonly { readonly label: Html; readonly colour: string; readonly mark: Mark }[];
  readonly panels: readonly Panel[];
}

/** A table; the first cell of a row is its header. */
export interface Table {
  readonly caption: Html;
  readonly head: readonly Html[];
  readonly rows: readonly (readonly Html[])[];
}

/** The data file of a section: everything drawn, and what is needed to make it again. */
export interface SectionData {
  /** Name inside the page's `data/` folder. */
  readonly file: string;
  readonly json: unknown;
}

/** One part of a report page. */
export interface Section {
  /** Anchor on the page, e.g. `least-width`. */
  readonly id: string;
  readonly title: string;
  /** What one sees. */
  readonly caption: Html;
  readonly figure?: Figure;
  /** Markup after the figure. */
  readonly body?: Html;
  /** Stands under the figure, folded, as its plain-text alternative; alone, it is shown in full. */
  readonly table?: Table;
  /** Set with a command that makes the section again. */
  readonly command?: string;
  readonly data?: SectionData;
}

/** A page: its main figure, what was found, and the sections below. */
export interface ReportPage {
  /** Folder inside the reports folder, e.g. `theory`. */
  readonly folder: string;
  readonly title: string;
  /** The answer in one paragraph, above everything; left out where the lead figure is the answer. */
  readonly answer?: Html;
  /** The main figure, on the first screen before any other text. */
  readonly lead: Section & { readonly figure: Figure };
  readonly subtitle: Html;
  /** The findings, one paragraph each. */
  readonly findings: readonly Html[];
  readonly sections: readonly Section[];
  /** Seed, error level, versions: under the last section. */
  readonly provenance: Html;
}
