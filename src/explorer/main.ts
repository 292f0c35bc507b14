import './explorer.css';
import { InputError } from '../core/errors.js';
import { Asker } from './ask.js';
import { CurveChart } from './curve-chart.js';
import { element, text } from './dom.js';
import { Form } from './form.js';
import { Past } from './past.js';
import { Pieces } from './pieces.js';
import { headline, showCurve, showTable, showTrials, widthMarks } from './results.js';
import { DEFAULTS, decodeState, encodeState, type Field, type State } from './state.js';
import { drawWidths } from './width-chart.js';
import type { Answer, CurvePoint, PresentAnswer, TableAnswer, TrialsAnswer } from './worker/messages.js';

/** What is known of the state so far. */
interface Known {
  table?: TableAnswer;
  present?: PresentAnswer;
  points: readonly CurvePoint[];
  trials?: TrialsAnswer;
  readonly complaints: Map<Field, string>;
  /** Whether all is computed but the trials. */
  analysed: boolean;
}

/** A slider that is being drawn asks once it rests this long, in milliseconds. */
const REST = 120;

const nothing = (): Known => ({ points: [], complaints: new Map(), analysed: false });
let known = nothing();
/** What is known is of this state. */
let state: State = DEFAULTS;
const past = new Past();
let running = false;
/** Whether the page says that it is itself at fault. */
let faulty = false;
let resting: ReturnType<typeof setTimeout> | undefined;
const pieces = new Pieces();
const chart = new CurveChart(element('curve'));

const form = new Form(() => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    keepInAddress();
    ask();
  }, REST);
});
const analyst = new Asker((answer) => {
  take(answer);
  if (answer.kind === 'table') show('table', 'widths');
  if (answer.kind === 'present') show('experiment', 'trials', 'curve');
  if (answer.kind === 'curve') show('curve', 'rows');
  if (answer.kind === 'complaint') show('experiment');
  if (ended(answer)) {
    known.analysed = true;
    show('table', 'widths', 'experiment', 'trials', 'curve', 'rows', 'settled');
  }
});
const trier = new Asker((answer) => {
  take(answer);
  if (answer.kind === 'complaint') show('experiment');
  if (ended(answer)) running = false;
  show('trials');
});

const ended = ({ kind }: Answer) => kind === 'done' || kind === 'broken';

const keepInAddress = () => history.replaceState(null, '', `#${encodeState(form.state)}`);

/** Asks for everything anew. */
function ask(): void {
  state = form.state;
  known = nothing();
  if (faulty) text('link-error', '');
  faulty = false;
  element('main').classList.add('stale');
  element('main').setAttribute('aria-busy', 'true');
  analyst.ask({ kind: 'analyse', state });
  trier.stop();
  if (running) trier.ask({ kind: 'simulate', state });
}

function take(answer: Answer): void {
  if (answer.kind === 'table') known.table = answer;
  if (answer.kind === 'present') known.present = answer;
  if (answer.kind === 'curve') known.points = answer.points;
  if (answer.kind === 'trials') known.trials = answer;
  if (answer.kind === 'complaint') known.complaints.set(answer.field, answer.message);
  if (answer.kind === 'broken') {
    faulty = true;
    text('link-error', `The page is at fault: ${answer.message}`);
  }
}

/** What is known, shown part by part; what is not known yet stays as it was, faded, until all is computed. */
const parts = {
  table() {
    if (known.table !== undefined) showTable(known.table);
    else if (known.analysed) element('bounds-rows').replaceChildren();
  },
  widths() {
    if (known.table !== undefined || known.analysed) drawWidths(element('bounds'), marks());
  },
  experiment() {
    const { table, present, complaints, analysed } = known;
    if (present === undefined && complaints.size === 0 && !analysed) return;
    form.complain(complaints);
    if (present !== undefined) text('headline', headline(present, table?.lower ?? []));
    else text('headline', 'Nothing is computed until the field marked below is mended.');
    text('command', present?.command ?? '');
    text('curve-note', present?.warning === undefined ? '' : `Not proved here: ${present.warning}.`);
    element('main').classList.toggle('stale', present === undefined && !analysed);
  },
  curve() {
    const { present, points, analysed } = known;
    if (present === undefined && !analysed) return;
    const failure = present?.probability?.failure;
    chart.draw({
      points,
      delta: present?.delta ?? 0.5,
      widths: marks(),
      trials: past.with(state, present, known.trials),
      ...(failure === undefined ? {} : { present: { width: present!.hidden[0]!, failure } }),
    });
  },
  rows() {
    showCurve(known.points);
  },
  /** All else stands. */
  settled() {
    element('main').setAttribute('aria-busy', String(!known.analysed));
  },
  trials() {
    const { present, trials, analysed } = known;
    text('simulate', running ? 'Stop' : 'Run the trials');
    if (trials !== undefined) {
      showTrials(trials);
      if (!chart.drawTrials(past.with(state, present, trials))) show('curve');
    } else if (present !== undefined || analysed) clearTrials();
  },
};

function show(...names: (keyof typeof parts)[]): void {
  for (const name of names) pieces.add(name, parts[name]);
}

const marks = () => (known.table === undefined ? [] : widthMarks(known.table));

function clearTrials(): void {
  text('trials-text', 'No trials yet.');
  text('trials-verdict', '');
  element('progress').setAttribute('value', '0');
}

function openLink(): void {
  text('link-error', '');
  try {
    form.state = decodeState(location.hash);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    text('link-error', `${error.message} The page shows its defaults.`);
    form.state = DEFAULTS;
  }
  ask();
}

element('simulate').addEventListener('click', () => {
  running = !running;
  trier.stop();
  delete known.trials;
  if (running) trier.ask({ kind: 'simulate', state });
  show('trials', 'curve');
});
element('copy').addEventListener('click', async () => {
  keepInAddress();
  const copied = await navigator.clipboard?.writeText(location.href).then(
    () => true,
    () => false,
  );
  text('copied', copied ? 'Copied.' : 'The address of this page is the link.');
});
addEventListener('hashchange', openLink);
new ResizeObserver(() => show('curve', 'widths')).observe(element('curve'));
openLink();
document.documentElement.classList.remove('loading');
